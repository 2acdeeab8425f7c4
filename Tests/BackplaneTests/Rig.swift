import Backplane
import Foundation
import Logging
import NIOCore
import NIOPosix
import RedisBackplane
import RedisWire
import SignalDomain
import SignalTestKit
import Testing

/// Nodes on one shared state, of either kind, for a test.
actor Rig {
    enum Kind: String, CaseIterable, Sendable {
        case memory, redis
    }

    private let make: @Sendable (any EventLoop) throws -> any Backplane
    private let loop: any EventLoop
    private var nodes: [RigNode] = []

    private init(loop: any EventLoop, make: @escaping @Sendable (any EventLoop) throws -> any Backplane) {
        self.loop = loop
        self.make = make
    }

    @discardableResult
    static func run<Result: Sendable>(
        _ kind: Kind, leaseMs: Int64 = 5_000, heartbeatMs: Int64 = 500,
        _ body: @Sendable (Rig) async throws -> Result
    ) async throws -> Result {
        let server = kind == .redis ? try RedisServer() : nil
        defer { server?.stop() }
        let url = try server.map { try RedisURL($0.url) }
        let hub = InMemoryHub(timings: .init(leaseMs: leaseMs, heartbeatMs: heartbeatMs), wallMicros: wallMicros)
        let rig = Rig(loop: MultiThreadedEventLoopGroup.singleton.next()) { loop in
            guard let url else { return InMemoryBackplane(hub: hub, loop: loop) }
            let settings = RedisBackplaneSettings(
                address: .server(url), leaseMs: leaseMs, heartbeatMs: heartbeatMs, epoch: "test-epoch")
            return RedisBackplane(settings: settings, on: loop, logger: Logger(label: "test"))
        }
        do {
            let result = try await body(rig)
            await rig.close()
            return result
        } catch {
            await rig.close()
            throw error
        }
    }

    /// A connected node; `registers` = it also has a lease.
    func node(_ number: UInt64, registers: Bool = true) async throws -> RigNode {
        let node = try await RigNode.connect(NodeInstance(bits: number), on: loop, make)
        nodes.append(node)
        if registers {
            let info = NodeInfo(name: "node|\(number)", version: "1")
            guard case .registered = try await node.call(.register(node.node, info)) else { throw RigError.noLease }
        }
        return node
    }

    private func close() async {
        for node in nodes { await node.close() }
    }
}

enum RigError: Error {
    case noLease
    case noFrame
    case notJoined(BackplaneReply)
}

/// One node of a rig: its backplane, and the frames that came in.
actor RigNode {
    nonisolated let node: NodeInstance
    private let loop: any EventLoop
    private let backplane: NIOLoopBound<any Backplane>
    private(set) var seen: [InboxFrame] = []

    private init(_ node: NodeInstance, _ loop: any EventLoop, _ backplane: NIOLoopBound<any Backplane>) {
        self.node = node
        self.loop = loop
        self.backplane = backplane
    }

    static func connect(
        _ node: NodeInstance, on loop: any EventLoop,
        _ make: @escaping @Sendable (any EventLoop) throws -> any Backplane
    ) async throws -> RigNode {
        let up = loop.makePromise(of: Void.self)
        let (stream, continuation) = AsyncStream.makeStream(of: InboxFrame.self)
        let backplane = try await loop.submit {
            let backplane = try make(loop)
            backplane.connect(as: node) { event in
                switch event {
                case .up: up.succeed()
                case .down: break
                case .inbox(let batch):
                    var reader = InboxReader(batch)
                    while let frame = reader.next() { continuation.yield(frame) }
                    if reader.malformed > 0 { Issue.record("a malformed frame") }
                }
            }
            return NIOLoopBound(backplane, eventLoop: loop)
        }.get()
        try await up.futureResult.get()
        let rigNode = RigNode(node, loop, backplane)
        Task { for await frame in stream { await rigNode.saw(frame) } }
        return rigNode
    }

    private func saw(_ frame: InboxFrame) { seen.append(frame) }

    var payloads: [String] {
        seen.compactMap { if case .broadcast(_, _, let payload) = $0 { String(buffer: payload) } else { nil } }
    }

    func call(_ command: BackplaneCommand) async throws -> BackplaneReply {
        let promise = loop.makePromise(of: BackplaneReply.self)
        loop.execute { [backplane] in
            backplane.value.call(command) { promise.completeWith($0.mapError { $0 as any Error }) }
        }
        return try await promise.futureResult.get()
    }

    func publish(_ batch: ByteBuffer, to nodes: [NodeInstance]) {
        loop.execute { [backplane] in backplane.value.publish(batch, to: nodes) { _ in } }
    }

    nonisolated func joining(_ room: RoomKey, _ name: String, _ record: MemberRecord) -> JoinCommand {
        JoinCommand(room: room, peer: peer(name), record: record)
    }

    nonisolated func leaving(_ room: RoomKey, _ name: String, _ record: MemberRecord) -> LeaveCommand {
        LeaveCommand(room: room, peer: peer(name), node: node, connection: record.connection, reason: .left)
    }

    func join(_ room: RoomKey, _ name: String, _ record: MemberRecord) async throws -> JoinReply {
        let reply = try await call(.join(joining(room, name, record)))
        guard case .joined(let place) = reply else { throw RigError.notJoined(reply) }
        return place
    }

    /// Waits for a frame that was or will be seen.
    func next(_ isWanted: (InboxFrame) -> Bool) async throws -> InboxFrame {
        for _ in 0..<500 {
            if let frame = seen.first(where: isWanted) { return frame }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw RigError.noFrame
    }

    func close() {
        loop.execute { [backplane] in backplane.value.close() }
    }
}

func wallMicros() -> Int64 { Int64(Date().timeIntervalSince1970 * 1_000_000) }

/// A dialect 1 member of `node` whose session and connection follow from `number`.
func member(_ node: RigNode, _ number: UInt64, owner: String = "ip:1") -> MemberRecord {
    MemberRecord(
        node: node.node, session: SessionID(high: 0, low: number), connection: ConnectionID(bits: number), owner: owner,
        flags: .legacy)
}
