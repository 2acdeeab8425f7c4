public import Backplane
public import Logging
public import NIOCore
import RedisWire
import SignalDomain

/// The backplane of a cluster: shared state and inboxes in one Redis.
///
/// Three links: commands, heartbeats (which never queue behind a thousand announces), and the inbox subscription. They
/// stand and fall together: when one is lost all are dialled anew, so that nothing of an old connection mixes with a new
/// one. Confined to `loop`.
public final class RedisBackplane: Backplane {
    public let loop: any EventLoop
    private let settings: RedisBackplaneSettings
    private let logger: Logger
    private var node: NodeInstance?
    private var events: ((BackplaneEvent) -> Void)?
    private var links: Links?
    private var generation: UInt64 = 0
    private var isUp = false
    private var isClosed = false

    /// The three links and the scripts that the present connections know.
    private struct Links {
        let commands: RedisCommandLink
        let heartbeats: RedisCommandLink
        let inbox: RedisSubscriptionLink
        var commandScripts = ScriptShelf()
        var heartbeatScripts = ScriptShelf()
    }

    public init(settings: RedisBackplaneSettings, on loop: any EventLoop, logger: Logger) {
        self.settings = settings
        self.loop = loop
        self.logger = logger
    }

    // MARK: Connection

    public func connect(as node: NodeInstance, events: @escaping (BackplaneEvent) -> Void) {
        self.node = node
        self.events = events
        if links == nil {
            open()
        } else {
            isUp = false
            redial(reason: "a new instance", isHealthy: true)
        }
    }

    public func reconnect(after loss: LinkLoss, reason: String) {
        guard links != nil else { return }
        lose(loss, reason: reason)
        redial(reason: reason)
    }

    public func close() {
        isClosed = true
        isUp = false
        events = nil
        links?.commands.close()
        links?.heartbeats.close()
        links?.inbox.close()
        links = nil
    }

    private func open() {
        // One discovery for the three of them: they must not be linked to different servers.
        let source = settings.address.source(configuration: settings.link, on: loop, logger: logger)
        let commands = RedisCommandLink(
            source: source, configuration: settings.link(named: "commands"), on: loop, logger: logger
        ) { [weak self] in self?.changed($0, \.commandScripts, "commands") }
        let heartbeats = RedisCommandLink(
            source: source, configuration: settings.link(named: "heartbeats"), on: loop, logger: logger
        ) { [weak self] in self?.changed($0, \.heartbeatScripts, "heartbeats") }
        let inbox = RedisSubscriptionLink(
            source: source, configuration: settings.link(named: "inbox"), on: loop, logger: logger,
            channels: { [weak self] in self?.node.map { [RedisKeys.inbox(of: $0)] } ?? [] },
            onStateChange: { [weak self] in self?.inboxChanged($0) },
            onMessage: { [weak self] _, payload in self?.arrived(payload) })
        links = Links(commands: commands, heartbeats: heartbeats, inbox: inbox)
        commands.start()
        heartbeats.start()
        inbox.start()
    }

    private func changed(
        _ state: RedisLinkState, _ shelf: WritableKeyPath<Links, ScriptShelf>, _ name: String
    ) {
        guard !isClosed else { return }
        links?[keyPath: shelf] = ScriptShelf()
        switch state {
        case .down(let error): linkLost(name, error)
        case .up(let generation): load(shelf, name, generation)
        }
    }

    private func inboxChanged(_ state: RedisLinkState) {
        guard !isClosed else { return }
        switch state {
        case .down(let error): linkLost("inbox", error)
        case .up: riseIfComplete()
        }
    }

    /// Loads every script before any other command of the connection.
    private func load(_ shelf: WritableKeyPath<Links, ScriptShelf>, _ name: String, _ generation: UInt64) {
        guard let link = name == "commands" ? links?.commands : links?.heartbeats else { return }
        let scripts: [Script] = name == "commands" ? Script.allCases : [.register, .heartbeat]
        for script in scripts {
            link.send(RedisCommand("SCRIPT", ["LOAD", .string(settings.source(of: script))])) {
                [weak self, weak link] result in
                guard let self, let link, link.generation == generation else { return }
                switch result {
                case .success(let value) where value.string?.isEmpty == false:
                    links?[keyPath: shelf].digests[script] = value.string
                    if links?[keyPath: shelf].digests.count == scripts.count { riseIfComplete() }
                case .success:
                    link.reconnect(reason: "SCRIPT LOAD answered what no server answers")
                case .failure(.server(let error)):
                    logger.error("redis.script-refused", metadata: ["script": "\(script)", "code": "\(error.code)"])
                    link.reconnect(reason: "a script was refused")
                case .failure:
                    break
                }
            }
        }
    }

    private func riseIfComplete() {
        guard !isUp, let links, links.inbox.isUp, links.commands.isUp, links.heartbeats.isUp,
            links.commandScripts.digests.count == Script.allCases.count, links.heartbeatScripts.digests.count == 2
        else { return }
        isUp = true
        generation += 1
        events?(.up(generation: generation))
    }

    private func linkLost(_ name: String, _ error: RedisError?) {
        guard isUp else { return }
        let reason = "\(name): \(error.map { "\($0)" } ?? "closed")"
        lose(LinkLoss(error), reason: reason)
        redial(reason: reason)
    }

    private func lose(_ loss: LinkLoss, reason: String) {
        guard isUp else { return }
        isUp = false
        events?(.down(loss, reason: reason))
    }

    private func redial(reason: String, isHealthy: Bool = false) {
        guard let links else { return }
        if links.commands.isUp { links.commands.reconnect(reason: reason, isHealthy: isHealthy) }
        if links.heartbeats.isUp { links.heartbeats.reconnect(reason: reason, isHealthy: isHealthy) }
        if links.inbox.isUp { links.inbox.reconnect(reason: reason, isHealthy: isHealthy) }
    }

    private func arrived(_ payload: ByteBuffer) {
        guard isUp else { return }
        events?(.inbox(payload))
    }

    // MARK: Commands

    public func call(
        _ command: BackplaneCommand, completion: @escaping (Result<BackplaneReply, BackplaneError>) -> Void
    ) {
        guard isUp, let links else { return completion(.failure(.unavailable)) }
        if case .sync(let room) = command { return sync(room, RoomSnapshotPages(), completion) }
        let isHeartbeat =
            switch command {
            case .register, .heartbeat: true
            default: false
            }
        let request = settings.request(for: command)
        let shelf = isHeartbeat ? links.heartbeatScripts : links.commandScripts
        guard let wire = request.command(shelf) else { return completion(.failure(.unavailable)) }
        (isHeartbeat ? links.heartbeats : links.commands).send(wire) { result in
            completion(
                result.mapError(BackplaneError.init).flatMap { value in
                    ReplyReading.reply(to: command, value).map { .success($0) }
                        ?? .failure(.refused("a reply that nobody understands"))
                })
        }
    }

    public func publish(_ batch: ByteBuffer, to nodes: [NodeInstance], completion: @escaping (Bool) -> Void) {
        guard isUp, let links, let first = nodes.first else { return completion(false) }
        let command: RedisCommand
        if nodes.count == 1 {
            command = RedisCommand("PUBLISH", [.string(RedisKeys.inbox(of: first)), .bytes(batch)])
        } else {
            guard let digest = links.commandScripts.digests[.fan] else { return completion(false) }
            command = RedisCommand(
                "EVALSHA", [.string(digest), 0, .bytes(batch)] + nodes.map { .string($0.text) })
        }
        links.commands.send(command) { result in
            if case .success = result { completion(true) } else { completion(false) }
        }
    }

    /// Reads a room in one step, or a large one in pages.
    private func sync(
        _ room: RoomKey, _ pages: RoomSnapshotPages,
        _ completion: @escaping (Result<BackplaneReply, BackplaneError>) -> Void
    ) {
        guard isUp, let links, let digest = links.commandScripts.digests[.sync] else {
            return completion(.failure(.unavailable))
        }
        let keys = [RedisKeys.members(room), RedisKeys.interest(room), RedisKeys.version(room)]
        let request = ScriptRequest(.sync, keys: keys, arguments: [.string(pages.cursor)])
        links.commands.send(request.command(digest: digest)) { [weak self] result in
            switch result {
            case .failure(let error): completion(.failure(BackplaneError(error)))
            case .success(let value):
                var pages = pages
                switch pages.take(value) {
                case .complete(let snapshot): completion(.success(.snapshot(snapshot)))
                case .more: self?.sync(room, pages, completion) ?? completion(.failure(.unavailable))
                case .unreadable: completion(.failure(.refused("a reply that nobody understands")))
                }
            }
        }
    }
}

/// The digests under which one connection's server knows the scripts.
struct ScriptShelf {
    var digests: [Script: String] = [:]
}

extension LinkLoss {
    /// - Parameter error: why a link went down; nil = its connection ended.
    init(_ error: RedisError?) {
        switch error {
        case .timedOut: self = .timeout
        case .server: self = .refused
        case .protocolViolation, .unexpectedReply: self = .malformed
        case nil, .closed, .connectionLost, .connectFailed, .notConnected, .pipelineFull: self = .closed
        }
    }
}

extension BackplaneError {
    init(_ error: RedisError) {
        switch error {
        case .notConnected, .closed, .connectFailed: self = .unavailable
        case .connectionLost, .timedOut, .protocolViolation: self = .lost
        case .pipelineFull: self = .refused("too many commands wait for Redis")
        case .server(let error): self = .refused("\(error.code)")
        case .unexpectedReply: self = .refused("a reply that nobody understands")
        }
    }
}
