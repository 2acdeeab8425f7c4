import SignalDomain

/// What clients have confirmed and the shared state does not know yet: collected for a moment, and kept until its answer,
/// so that no lost connection leaves a letter in an inbox or a sender without its outcome.
struct Confirmations: Hashable, Sendable {
    struct Key: Hashable, Sendable {
        let room: RoomKey
        let session: SessionID
        let level: ReceiptLevel
    }

    struct Batch: Hashable, Sendable {
        var ids: [InboxID] = []
        var numbers: [NodeInstance: [UInt64]] = [:]
        /// Copies of this node, whose senders hear of it when the inbox has forgotten the letters: before, the death of
        /// this node could let it report them as undeliverable.
        var own: [UInt64] = []
        var since: Int64
    }

    static let batchSize = 64

    private var collected: [Key: Batch] = [:]
    private var inFlight: [InFlight] = []

    private struct InFlight: Hashable, Sendable {
        let command: ConfirmCommand
        let own: [UInt64]
    }

    /// Whether something waits for its moment.
    var hasCollected: Bool { !collected.isEmpty }
    var isEmpty: Bool { collected.isEmpty && inFlight.isEmpty }

    /// Adds what was learned of one parcel; answers whether the batch is full.
    mutating func add(
        _ key: Key, ids: [InboxID], keepers: [Resident.Keeper], own: [UInt64], now: Int64
    ) -> Bool {
        var batch = collected[key] ?? Batch(since: now)
        batch.ids += ids
        batch.own += own
        for keeper in keepers { batch.numbers[keeper.node, default: []].append(keeper.number) }
        collected[key] = batch
        return batch.ids.count >= Self.batchSize
    }

    /// Takes out the batches that have waited for `waitMs`, or all that are full.
    mutating func release(now: Int64, waitMs: Int64) -> [ConfirmCommand] {
        let due = collected.filter { now - $0.value.since >= waitMs || $0.value.ids.count >= Self.batchSize }
        return due.sorted { $0.key.session.text < $1.key.session.text }.map { key, batch in
            collected[key] = nil
            let receipts = batch.numbers.sorted { $0.key < $1.key }.map {
                ConfirmCommand.Receipt(node: $0.key, numbers: $0.value)
            }
            let command = ConfirmCommand(
                room: key.room, session: key.session, ids: batch.ids, receipts: receipts, level: key.level)
            inFlight.append(InFlight(command: command, own: batch.own))
            return command
        }
    }

    /// The shared state has answered; returns the copies of this node that are done with it.
    mutating func finish(_ command: ConfirmCommand) -> [UInt64] {
        guard let index = inFlight.firstIndex(where: { $0.command == command }) else { return [] }
        return inFlight.remove(at: index).own
    }

    /// The connection is gone: what was under way has to be said again.
    mutating func takeBack(now: Int64) {
        for flight in inFlight {
            let command = flight.command
            let key = Key(room: command.room, session: command.session, level: command.level)
            let keepers = command.receipts.flatMap { receipt in
                receipt.numbers.map { Resident.Keeper(node: receipt.node, number: $0) }
            }
            _ = add(key, ids: command.ids, keepers: keepers, own: flight.own, now: now)
        }
        inFlight = []
    }
}
