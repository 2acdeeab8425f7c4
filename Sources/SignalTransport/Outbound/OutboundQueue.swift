import NIOCore

/// What waits in one socket's send buffer: how much, how old, and from whom.
///
/// A pure value beside the channel's own buffer: `add` mirrors a write, `drained` the number of bytes that the kernel
/// has not taken yet. While everything leaves with the flush that follows it, only one counter moves; owners and ages
/// are kept from the first flush that leaves bytes behind.
struct OutboundQueue {
    struct Entry: Equatable {
        var bytes: Int
        let sender: ObjectIdentifier?
        let at: NIODeadline
    }

    /// Bytes that were written and that the kernel has not taken.
    private(set) var bytes = 0
    private var entries: [Entry] = []
    /// Entries before this index have left.
    private var head = 0

    /// Whether a flush has left bytes behind.
    var isCongested: Bool { head < entries.count }

    /// When the oldest waiting byte was written; nil when nothing has been left behind.
    var oldest: NIODeadline? { isCongested ? entries[head].at : nil }

    mutating func add(_ count: Int, from sender: ObjectIdentifier?, at now: NIODeadline) {
        bytes += count
        guard isCongested else { return }
        if let last = entries.indices.last, entries[last].sender == sender, entries[last].at == now {
            entries[last].bytes += count
        } else {
            entries.append(Entry(bytes: count, sender: sender, at: now))
        }
    }

    /// Takes the channel's word for what is still waiting after a flush.
    mutating func drained(to remaining: Int, at now: NIODeadline) {
        guard remaining > 0 else {
            bytes = 0
            head = 0
            if !entries.isEmpty { entries = [] }
            return
        }
        guard isCongested else {
            bytes = remaining
            entries = [Entry(bytes: remaining, sender: nil, at: now)]
            return
        }
        var left = bytes - remaining
        bytes = remaining
        while left > 0, isCongested {
            guard entries[head].bytes <= left else {
                entries[head].bytes -= left
                break
            }
            left -= entries[head].bytes
            head += 1
        }
        if head > 64, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }

    /// Bytes of one sender among those that wait.
    func share(of sender: ObjectIdentifier) -> Int {
        entries[head...].reduce(0) { $1.sender == sender ? $0 + $1.bytes : $0 }
    }
}
