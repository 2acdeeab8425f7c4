import Backplane
import CoreMetrics
public import SignalDomain

/// One client that watches who can be found in a room (`GET /rendezvous/watch`).
///
/// It holds a place of its address and of the node until `end`, or until `events` returns.
public struct RendezvousWatch: Sendable {
    /// What the client is told.
    public enum Event: Sendable {
        /// Nothing happened for a while; keeps the connection alive.
        case beat
        /// - name: `registered` or `removed`.
        /// - id: a cookie with which the watch, or a discovery, goes on.
        /// - data: a JSON object.
        case change(name: String, id: String, data: [UInt8])
    }

    let node: Node
    let room: RoomKey
    let id: UInt64
    let elements: AsyncStream<RendezvousWatches.Element>
    /// What the client knows already; nil = nothing.
    let start: RendezvousPosition?
    /// When the client's credentials run out, in milliseconds since the epoch.
    let expiresAt: Int64?

    /// Calls `send` for every event until the watch ends: first what the client lacks, then what happens.
    public func events(_ send: (Event) async throws -> Void) async throws {
        defer { end() }
        try await send(.beat)
        var position = start?.high ?? 0
        // A client that begins anew is not told of peers that went before it came.
        var known: Set<PeerID>? = start == nil ? [] : nil
        try await catchUp(&position, &known, send)
        known = nil
        node.watches.follow(room, id, from: position) { [node, room] in await node.changes(in: room, after: $0) }
        // Who watched before may be ahead of this watch.
        try await catchUp(&position, &known, send)
        for await element in elements {
            // What still waits for a client that may watch no more is not for it.
            if isOver { return }
            switch element {
            case .beat: try await send(.beat)
            case .changes(let found): try await tell(found, &position, &known, send)
            }
        }
    }

    private var isOver: Bool {
        if let expiresAt, node.clock.wall().milliseconds >= expiresAt { return true }
        return !node.watches.isOpen(id)
    }

    /// Ends the watch, from anywhere and as often as one likes.
    public func end() { node.watches.end(id) }

    private func catchUp(
        _ position: inout Int64, _ known: inout Set<PeerID>?, _ send: (Event) async throws -> Void
    ) async throws {
        while !isOver, let found = await node.changes(in: room, after: position) {
            try await tell(found, &position, &known, send)
            position = max(position, found.through)
            if !found.hasMore { return }
        }
    }

    private func tell(
        _ found: RendezvousChanges, _ position: inout Int64, _ known: inout Set<PeerID>?,
        _ send: (Event) async throws -> Void
    ) async throws {
        for change in found.changes where change.number > position {
            position = change.number
            let cookie = RendezvousPosition(high: change.number, low: start?.low ?? 0)
            let id = RendezvousCookie.encode(cookie, room: room, mac: { node.sign($0) })
            switch change {
            case .registered(let entry):
                known?.insert(entry.peer)
                try await send(.change(name: "registered", id: id, data: change.json(in: room)))
            case .removed(let peer, _):
                guard known?.contains(peer) != false else { continue }
                try await send(.change(name: "removed", id: id, data: change.json(in: room)))
            }
        }
    }
}

extension Node {
    /// Begins to watch a room.
    ///
    /// - Parameters:
    ///   - cookie: of a discovery or of an earlier watch; nil begins with everybody who is there.
    public func watch(
        namespace: String?, room: String?, cookie: String?, by caller: Caller
    ) async throws(Refusal) -> RendezvousWatch {
        let key: RoomKey
        do throws(RendezvousError) { key = try Self.room(namespace, room) } catch { throw error.refusal }
        let identity = try await identity(of: caller, visiting: key)
        let watcher = RendezvousWatches.Watcher(identity: identity, client: caller.client, room: key)
        let expiresAt = try admit(watcher).expiresAt
        guard !status.isDraining else { throw .draining(retryAfterSeconds: retryAfterSeconds) }
        var start: RendezvousPosition?
        do throws(RendezvousError) {
            if let cookie, !cookie.isEmpty {
                start = try RendezvousCookie.decode(cookie, room: key, mac: { sign($0) })
            }
        } catch {
            throw error.refusal
        }
        do throws(RendezvousWatches.Full) {
            let (id, elements) = try watches.open(
                watcher, countedFor: exempt.contains(caller.client) ? nil : AddressKey(caller.client))
            // Whatever was decided before the watch had its place has not looked at it.
            reviewWatches(of: key)
            return RendezvousWatch(
                node: self, room: key, id: id, elements: elements, start: start, expiresAt: expiresAt)
        } catch {
            switch error {
            case .address: throw .tooManyConnections(retryAfterSeconds: retryAfterSeconds)
            case .node: throw .unavailable(retryAfterSeconds: retryAfterSeconds)
            }
        }
    }

    /// Ends the watches of a room, or of all, by what is decided now: the same questions as at their beginning.
    func reviewWatches(of room: RoomKey?) {
        watches.review(room) { watcher in
            !isBlocked(watcher.client) && (try? admit(watcher)) != nil
        }
    }

    private func admit(_ watcher: RendezvousWatches.Watcher) throws(Refusal) -> Principal {
        let principal = try visitor(watcher.identity, in: watcher.room, from: watcher.client, needing: .discover)
        guard principal.grants.contains(.discover) else { throw .unauthorized }
        return principal
    }

    /// Nil while the registry is out of reach.
    func changes(in room: RoomKey, after position: Int64) async -> RendezvousChanges? {
        let command = BackplaneCommand.rendezvousChanges(
            room, after: position, limit: RendezvousWatches.pageSize)
        guard case .success(.rendezvous(.changes(let found))) = await clusters[room].ask(command) else { return nil }
        return found
    }
}
