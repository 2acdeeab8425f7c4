import Backplane
import Foundation
import Logging
import NIOCore
import NIOPosix
import RedisBackplane
import RedisWire
import SignalDomain
import SignalTestKit
import Synchronization
import Testing

/// Nodes on one shared state, of either kind, for a test.
actor Rig {
    enum Kind: String, CaseIterable, Sendable {
        case memory, redis
    }

    private let make: @Sendable (any EventLoop) throws -> any Backplane
    private let loop: any EventLoop
    /// The Redis of a rig of that kind.
    nonisolated let server: RedisServer?
    private nonisolated let skipped: SkippedTime
    private var nodes: [RigNode] = []

    private init(
        loop: any EventLoop, server: RedisServer?, skipped: SkippedTime,
        make: @escaping @Sendable (any EventLoop) throws -> any Backplane
    ) {
        self.loop = loop
        self.server = server
        self.skipped = skipped
        self.make = make
    }

    @discardableResult
    static func run<Result: Sendable>(
        _ kind: Kind, leaseMs: Int64 = 5_000, heartbeatMs: Int64 = 500, limits: InboxLimits = .init(),
        moderation: ModerationBounds = .init(), without guards: Guards = [],
        _ body: @Sendable (Rig) async throws -> Result
    ) async throws -> Result {
        let server = kind == .redis ? try RedisServer() : nil
        defer { server?.stop() }
        let url = try server.map { try RedisURL($0.url) }
        var shared = SharedState(
            timings: .init(leaseMs: leaseMs, heartbeatMs: heartbeatMs), limits: limits, moderation: moderation)
        shared.guards.subtract(guards)
        let skipped = SkippedTime()
        let hub = InMemoryHub(shared: shared, wallMicros: { wallMicros() + skipped.micros })
        let rig = Rig(loop: MultiThreadedEventLoopGroup.singleton.next(), server: server, skipped: skipped) { loop in
            guard let url else { return InMemoryBackplane(hub: hub, loop: loop) }
            var settings = RedisBackplaneSettings(
                address: .server(url), leaseMs: leaseMs, heartbeatMs: heartbeatMs, inbox: limits,
                moderation: moderation)
            settings.withoutGuards = guards
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

    /// A time in which no command ran passes: for leases and claims, which alone are judged by it here.
    nonisolated func pass(_ milliseconds: Int64) throws {
        skipped.add(milliseconds)
        let script = """
            local last = redis.call('GET', KEYS[1])
            if last then redis.call('SET', KEYS[1], string.format('%.0f', last - ARGV[1])) end
            for _, nid in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
              redis.call('ZINCRBY', KEYS[2], -ARGV[1], nid)
            end
            for _, key in ipairs(redis.call('KEYS', 'bs:1:{nodes}:claim:*')) do
              if redis.call('PTTL', key) <= tonumber(ARGV[1]) then redis.call('DEL', key) end
            end
            return 'OK'
            """
        let keys = ["bs:1:{nodes}:last", "bs:1:{nodes}:live"]
        guard let server else { return }
        #expect(try server.command(["EVAL", script, "2"] + keys + ["\(milliseconds)"]) == "OK")
    }

    private func close() async {
        for node in nodes { await node.close() }
    }
}

/// By how much a hub's clock is ahead of the wall's.
private final class SkippedTime: Sendable {
    private let total = Mutex<Int64>(0)

    var micros: Int64 { total.withLock { $0 } }

    func add(_ milliseconds: Int64) { total.withLock { $0 += milliseconds * 1_000 } }
}

enum RigError: Error {
    case noLease
    case noFrame
    case notJoined(BackplaneReply)
    case notSent(BackplaneReply)
}

/// One node of a rig: its backplane, and the frames that came in.
actor RigNode {
    nonisolated let node: NodeInstance
    private let loop: any EventLoop
    private let backplane: NIOLoopBound<any Backplane>
    private(set) var seen: [InboxFrame] = []
    private var echoes: UInt64 = 0

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

    @discardableResult
    func join(_ room: RoomKey, _ name: String, _ record: MemberRecord, hasProof: Bool = false) async throws
        -> JoinReply
    {
        var command = joining(room, name, record)
        command.hasProof = hasProof
        let reply = try await call(.join(command))
        guard case .joined(let place) = reply else { throw RigError.notJoined(reply) }
        return place
    }

    /// Sends a letter that is stored first.
    func send(_ letter: Letter, _ room: RoomKey, to name: String, session: SessionID? = nil) async throws
        -> SendOutcome
    {
        let command = SendCommand(room: room, to: peer(name), session: session, letter: letter, isStored: true)
        let reply = try await call(.send(command))
        guard case .sent(let outcome) = reply else { throw RigError.notSent(reply) }
        return outcome
    }

    /// All frames that were published to this node so far: whatever it was told comes before an echo that it asks for.
    func told() async throws -> [InboxFrame] {
        echoes += 1
        let echo = InboxFrame.echo(sequence: 1_000_000 + echoes)
        guard case .beat = try await call(.heartbeat(node, sequence: 1_000_000 + echoes)) else {
            throw RigError.noLease
        }
        _ = try await next { $0 == echo }
        return seen.filter { if case .echo = $0 { false } else { true } }
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

/// A dialect 2 member of `node`; its session follows from `session`, its connection from `number` as well.
func resumable(
    _ node: RigNode, session: UInt64, _ number: UInt64 = 1, token: String = "aa", flags: MemberRecord.Flags = []
) -> MemberRecord {
    MemberRecord(
        node: node.node, session: SessionID(high: 1, low: session), connectionNumber: number,
        connection: ConnectionID(bits: session << 32 | number), owner: "ip:1", resumeDigest: token, flags: flags)
}

/// A letter of a member, whose copy its own node keeps under `number`.
func letter(from name: String, _ record: MemberRecord, _ number: UInt64, _ payload: String = "{}") -> Letter {
    Letter(
        from: peer(name), session: record.session, node: record.node, number: number, id: "\"\(number)\"",
        payload: ByteBuffer(string: payload))
}
