import Logging
import NIOCore
import NIOPosix
import RedisWire
import Testing

/// A subscription link on an event loop, driven from a test.
struct SubscriptionProbe: Sendable {
    struct Message: Equatable {
        let channel: String
        let payload: ByteBuffer
    }

    let loop: any EventLoop
    let states = Journal<RedisLinkState>()
    let messages = Journal<Message>()
    private let link: NIOLoopBound<RedisSubscriptionLink>

    /// Runs a started link for the time of the body.
    static func run(
        _ url: String, _ configuration: RedisLinkConfiguration = .patient,
        channels: @autoclosure @escaping @Sendable () -> [String], _ body: (SubscriptionProbe) async throws -> Void
    ) async throws {
        let probe = try await SubscriptionProbe(try RedisURL(url), configuration, channels)
        do {
            try await body(probe)
        } catch {
            try await probe.close()
            throw error
        }
        try await probe.close()
    }

    private init(
        _ url: RedisURL, _ configuration: RedisLinkConfiguration, _ channels: @escaping @Sendable () -> [String]
    ) async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let (states, messages) = (states, messages)
        self.loop = loop
        link = try await loop.submit {
            let link = RedisSubscriptionLink(
                url: url, configuration: configuration, on: loop, logger: .silent, channels: channels,
                onStateChange: { states.add($0) },
                onMessage: { messages.add(Message(channel: $0, payload: $1)) })
            link.start()
            return NIOLoopBound(link, eventLoop: loop)
        }.get()
    }

    func close() async throws {
        try await loop.submit { [link] in link.value.close() }.get()
    }

    func reconnect() async throws {
        try await loop.submit { [link] in link.value.reconnect(reason: "test") }.get()
    }

    /// Waits for a connection that came up, the given one or a later one, and says which.
    @discardableResult
    func untilUp(generation: UInt64 = 1) async throws -> UInt64 {
        var current: UInt64 = 0
        try await eventually("generation \(generation) is up") {
            guard case .up(let latest) = states.last else { return false }
            current = latest
            return current >= generation
        }
        return current
    }
}
