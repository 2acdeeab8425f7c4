import Backplane
import SignalDomain
import Synchronization

/// The watches of this node, by room: one task asks for the changes of a room as long as anybody watches it, and hands
/// them to all who do.
///
/// Safe from any thread: everything sits behind one `Mutex`.
final class RendezvousWatches: Sendable {
    /// What a watch is told.
    enum Element: Sendable {
        case changes(RendezvousChanges)
        /// Nothing happened for a while.
        case beat
    }

    typealias Continuation = AsyncStream<Element>.Continuation

    /// Who watches what: all that it takes to decide anew whether they may.
    struct Watcher: Sendable {
        let identity: Identity
        let client: ClientAddress
        let room: RoomKey
    }

    /// Pages that may wait for a slow reader before its watch ends.
    static let maxWaiting = 64
    /// Changes of each kind in one page.
    static let pageSize = 500

    private struct Feed {
        /// How far its task has read.
        var position: Int64
        var watches: [UInt64: Continuation] = [:]
    }

    private struct Place {
        let watcher: Watcher
        /// Whose watches are counted; nil = no limit holds for it.
        let address: AddressKey?
        let continuation: Continuation
    }

    private struct State {
        var feeds: [RoomKey: Feed] = [:]
        var open: [UInt64: Place] = [:]
        var addresses: [AddressKey: Int] = [:]
        var serial: UInt64 = 0
    }

    private let settings: NodeConfiguration.Rendezvous
    private let state = Mutex(State())

    init(_ settings: NodeConfiguration.Rendezvous) { self.settings = settings }

    /// Watches that are open.
    var count: Int { state.withLock { $0.open.count } }

    enum Full: Error {
        case address, node
    }

    /// Takes a place for a watch.
    ///
    /// - Parameter address: nil = no limit holds for it.
    func open(
        _ watcher: Watcher, countedFor address: AddressKey?
    ) throws(Full) -> (id: UInt64, elements: AsyncStream<Element>) {
        let (elements, continuation) = AsyncStream.makeStream(
            of: Element.self, bufferingPolicy: .bufferingOldest(Self.maxWaiting))
        let (limit, perAddress) = (settings.watchersPerNode, settings.watchersPerAddress)
        let place = state.withLock { state -> Result<UInt64, Full> in
            if limit > 0, state.open.count >= limit { return .failure(.node) }
            if let address {
                let held = state.addresses[address] ?? 0
                if perAddress > 0, held >= perAddress { return .failure(.address) }
                state.addresses[address] = held + 1
            }
            state.serial += 1
            state.open[state.serial] = Place(watcher: watcher, address: address, continuation: continuation)
            return .success(state.serial)
        }
        return (try place.get(), elements)
    }

    /// Gives the place back and ends the elements; once or more often.
    func end(_ id: UInt64) {
        let ended = state.withLock { state -> Continuation? in
            guard let watch = state.open.removeValue(forKey: id) else { return nil }
            if let address = watch.address, let held = state.addresses[address] {
                state.addresses[address] = held > 1 ? held - 1 : nil
            }
            for room in state.feeds.keys { state.feeds[room]?.watches[id] = nil }
            return watch.continuation
        }
        ended?.finish()
    }

    /// Whether nothing has ended the watch yet.
    func isOpen(_ id: UInt64) -> Bool { state.withLock { $0.open[id] != nil } }

    /// Ends the watches of a room, or of all, whose watchers may go on no more. `mayGoOn` is asked outside of the lock.
    func review(_ room: RoomKey?, mayGoOn: (Watcher) -> Bool) {
        let open = state.withLock { state in
            state.open.mapValues(\.watcher).filter { room == nil || $0.value.room == room }
        }
        for (id, watcher) in open where !mayGoOn(watcher) { end(id) }
    }

    /// The node drains: clients go on at another one.
    func endAll() {
        for id in state.withLock({ Array($0.open.keys) }) { end(id) }
    }

    /// From now on the watch hears what happens in the room after `position`, and perhaps some of it twice.
    ///
    /// - Parameter ask: fetches changes; nil = the registry is out of reach.
    func follow(
        _ room: RoomKey, _ id: UInt64, from position: Int64,
        ask: @escaping @Sendable (_ after: Int64) async -> RendezvousChanges?
    ) {
        let isFirst = state.withLock { state in
            guard let watch = state.open[id] else { return false }
            let isFirst = state.feeds[room] == nil
            state.feeds[room, default: Feed(position: position)].watches[id] = watch.continuation
            return isFirst
        }
        guard isFirst else { return }
        Task { await feed(room, ask) }
    }

    private func feed(_ room: RoomKey, _ ask: @Sendable (_ after: Int64) async -> RendezvousChanges?) async {
        var quietMs = 0
        while true {
            try? await Task.sleep(for: .milliseconds(settings.watchPollMs))
            guard let position = position(of: room) else { return }
            quietMs += settings.watchPollMs
            if let found = await ask(position) {
                if !found.changes.isEmpty {
                    quietMs = 0
                    tell(room, .changes(found))
                }
                state.withLock { $0.feeds[room]?.position = found.through }
            }
            if quietMs >= settings.watchHeartbeatMs {
                quietMs = 0
                tell(room, .beat)
            }
        }
    }

    /// How far the room was read; nil = nobody watches it any more.
    private func position(of room: RoomKey) -> Int64? {
        state.withLock { state in
            if state.feeds[room]?.watches.isEmpty == true { state.feeds[room] = nil }
            return state.feeds[room]?.position
        }
    }

    /// A watch that does not read ends: it can be resumed, a hole in it could not be seen.
    private func tell(_ room: RoomKey, _ element: Element) {
        let watches = state.withLock { $0.feeds[room]?.watches ?? [:] }
        for (id, continuation) in watches {
            if case .dropped = continuation.yield(element) { end(id) }
        }
    }
}
