import Backplane
import NIOCore

/// What is on its way to the machines, in its order.
struct WorkQueue {
    enum Event {
        case up(generation: UInt64)
        case reply(BackplaneCommand, BackplaneReply, UInt64)
        case batch(ByteBuffer)
        case refence
        /// A client has sent its first frame.
        case heard(ConnectionID, Place)
        /// A client has got everything up to this number.
        case confirmed(ConnectionID, UInt64, Place)
    }

    struct Item {
        let part: Part
        let event: Event
    }

    private var items: [Item] = []
    private var first = 0

    mutating func append(_ event: Event, for part: Part) { items.append(Item(part: part, event: event)) }

    mutating func next() -> Item? {
        guard first < items.count else {
            items.removeAll(keepingCapacity: items.capacity < 65_536)
            first = 0
            return nil
        }
        defer { first += 1 }
        return items[first]
    }
}
