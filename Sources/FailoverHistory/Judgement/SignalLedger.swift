/// One signal to one target.
struct SignalKey: Hashable, Sendable, CustomStringConvertible {
    let from: Client
    let to: Client
    let id: Int

    var description: String { "signal \(id) from \(from) to \(to)" }
}

/// What both ends recorded of one signal.
struct Signal: Sendable {
    let sentAt: Int64
    /// The place in the sending order of its sender.
    let order: Int
    var storedAt = Int64.max
    var final: Outcome?
    var finalAt = Int64.max
    var isContradicted = false
    /// Refused after `stored`, which promises `received` or `undeliverable`.
    var isTakenBack = false
    var surfacedAt: Int64?
    var surfacedAgain = 0
    /// Copies that the receiver's dedupe swallowed.
    var repeats = 0

    /// Whether the sender was told for sure that it does not arrive; of other codes of `nack` the outcome is unknown.
    var isRefused: Bool { final == .nack(code: "full") || final == .nack(code: "not_found") }
    var isAcknowledged: Bool { storedAt != .max || final == .received || final == .written }
}

/// Puts the events of both ends of every signal together.
struct SignalLedger: Sendable {
    struct Stray: Sendable {
        let at: Int64
        let client: Client
        let key: SignalKey
    }

    private(set) var reliable: [SignalKey: Signal] = [:]
    private(set) var bestEffort: [SignalKey: Signal] = [:]
    /// Arrivals of what nobody sent to this client.
    private(set) var strays: [Stray] = []
    /// Arrivals after a later signal of the same pair; not those that were given up, with an unknown outcome.
    private(set) var reversals: [Stray] = []
    private var newest: [Pair: Int] = [:]

    private struct Pair: Hashable {
        let from: Client
        let to: Client
    }

    /// - Parameter events: in order of time.
    mutating func read(_ events: [Event]) {
        // Sender and receiver may record on two threads: an arrival may seem to precede its sending.
        for (order, event) in events.enumerated() { readSending(event, order: order) }
        for event in events { readArrival(event) }
    }

    /// In the order of sending, so that the same history always gives the same findings.
    static func inOrder(_ signals: [SignalKey: Signal]) -> [(key: SignalKey, value: Signal)] {
        signals.sorted { $0.value.order < $1.value.order }
    }

    private mutating func readSending(_ event: Event, order: Int) {
        switch event.kind {
        case .sent(let client, let id, let to):
            let key = SignalKey(from: client, to: to, id: id)
            if reliable[key] == nil { reliable[key] = Signal(sentAt: event.at, order: order) }
        case .bestEffortSent(let client, let number, let to):
            bestEffort[SignalKey(from: client, to: to, id: number)] = Signal(sentAt: event.at, order: order)
        case .outcome(let client, let id, let to, let outcome):
            reliable[SignalKey(from: client, to: to, id: id)]?.add(outcome, at: event.at)
        default: return
        }
    }

    private mutating func readArrival(_ event: Event) {
        switch event.kind {
        case .arrived(let client, let from, let id, let isRepeat):
            let key = SignalKey(from: from, to: client, id: id)
            guard let signal = reliable[key] else {
                strays.append(Stray(at: event.at, client: client, key: key))
                return
            }
            if isRepeat {
                reliable[key]?.repeats += 1
            } else if reliable[key]?.surfacedAt != nil {
                reliable[key]?.surfacedAgain += 1
            } else {
                reliable[key]?.surfacedAt = event.at
                let pair = Pair(from: from, to: client)
                let (order, last) = (signal.order, newest[pair, default: -1])
                if order < last, !signal.isGivenUp(before: event.at) {
                    reversals.append(Stray(at: event.at, client: client, key: key))
                }
                newest[pair] = max(last, order)
            }
        case .bestEffortArrived(let client, let from, let number):
            bestEffort[SignalKey(from: from, to: client, id: number)]?.surfacedAt = event.at
        default: return
        }
    }
}

extension Signal {
    fileprivate func isGivenUp(before moment: Int64) -> Bool {
        if case .nack = final { finalAt < moment } else { false }
    }

    /// A repeated final outcome is the answer to a repeated signal; a different one contradicts.
    fileprivate mutating func add(_ outcome: Outcome, at: Int64) {
        guard outcome.isFinal else {
            storedAt = min(storedAt, at)
            return
        }
        if let final {
            if final != outcome { isContradicted = true }
        } else {
            final = outcome
            finalAt = at
            if case .nack = outcome, storedAt <= at { isTakenBack = true }
        }
    }
}
