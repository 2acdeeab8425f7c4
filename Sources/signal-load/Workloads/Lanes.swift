import NIOCore

/// One `Value` per event loop, touched only there; this is the bridge from the async run to the loops.
struct Lanes<Value>: Sendable {
    private let lanes: [(loop: any EventLoop, value: NIOLoopBound<Value>)]

    /// Builds each value on its own loop.
    init(on loops: [any EventLoop], _ make: @escaping @Sendable (_ lane: Int, _ loop: any EventLoop) -> Value)
        async throws
    {
        var lanes: [(loop: any EventLoop, value: NIOLoopBound<Value>)] = []
        for (index, loop) in loops.enumerated() {
            lanes.append((loop, try await loop.submit { NIOLoopBound(make(index, loop), eventLoop: loop) }.get()))
        }
        self.lanes = lanes
    }

    /// Runs `body` on every loop at the same time.
    @discardableResult
    func each<Result: Sendable>(_ body: @escaping @Sendable (Value) -> Result) async throws -> [Result] {
        let results = lanes.map { lane in lane.loop.submit { body(lane.value.value) } }
        var values: [Result] = []
        for result in results { values.append(try await result.get()) }
        return values
    }

    /// As `each`, for work that ends later.
    func all(_ body: @escaping @Sendable (Value) -> EventLoopFuture<Void>) async throws {
        let results = lanes.map { lane in lane.loop.flatSubmit { body(lane.value.value) } }
        for result in results { try await result.get() }
    }
}
