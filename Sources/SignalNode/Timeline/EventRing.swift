import Backplane
import SignalDomain

/// The last events of one room, oldest first: a bounded number, of which repeats of one kind share a place.
struct EventRing {
    /// Repeats are looked for among so many of the latest events.
    private static let reach = 8
    /// What happens again after so many milliseconds is an event of its own.
    private static let repeatMs: Int64 = 10_000
    /// Signals whose kind is remembered until their outcome.
    private static let remembered = 256

    private struct Remembered {
        var mark: Int
        var kind: SignalKind
    }

    private let capacity: Int
    private var events: [RoomEvent] = []
    private var oldest = 0
    private var kinds: [Remembered] = []

    /// - Parameter capacity: at least 1.
    init(capacity: Int) { self.capacity = max(1, capacity) }

    var count: Int { events.count }

    /// All events, in the order of their beginnings.
    var inOrder: [RoomEvent] { Array(events[oldest...] + events[..<oldest]) }

    mutating func add(_ event: RoomEvent) {
        if event.what.repeats, let index = earlier(than: event) {
            events[index].count &+= event.count
            events[index].until = max(events[index].until, event.at)
        } else if events.count < capacity {
            events.append(event)
        } else {
            events[oldest] = event
            oldest = (oldest + 1) % capacity
        }
    }

    /// The place of the same event shortly before, with nothing but signals since.
    private func earlier(than event: RoomEvent) -> Int? {
        var index = oldest
        for _ in 0..<min(Self.reach, events.count) {
            index = (index == 0 ? events.count : index) - 1
            if events[index].what == event.what, events[index].from == event.from, events[index].to == event.to {
                return event.at - events[index].until <= Self.repeatMs ? index : nil
            }
            if !events[index].what.isAboutSignal { return nil }
        }
        return nil
    }

    /// Remembers what a reliable signal was for: its outcome names nothing but its `id`.
    mutating func remember(_ kind: SignalKind, of id: String) {
        if kinds.isEmpty { kinds = Array(repeating: Remembered(mark: 0, kind: .other), count: Self.remembered) }
        let mark = id.hashValue
        kinds[mark & (Self.remembered - 1)] = Remembered(mark: mark, kind: kind)
    }

    /// What the signal was for; `other` when that is not known any more.
    func kind(of id: String?) -> SignalKind {
        guard let mark = id?.hashValue, !kinds.isEmpty else { return .other }
        let found = kinds[mark & (Self.remembered - 1)]
        return found.mark == mark ? found.kind : .other
    }
}

extension RoomEvent.What {
    /// Whether it comes in numbers of which only how many matters.
    fileprivate var repeats: Bool {
        switch self {
        case .sent(let kind, _), .delivered(let kind), .outcome(let kind, _): kind == .candidate || kind == .other
        case .refused, .ice: true
        case .undeliverable, .joined, .resumed, .lost, .left, .closed: false
        }
    }

    fileprivate var isAboutSignal: Bool {
        switch self {
        case .sent, .delivered, .outcome, .undeliverable, .refused: true
        case .joined, .resumed, .lost, .left, .closed, .ice: false
        }
    }
}
