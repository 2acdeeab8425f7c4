import NIOCore
import Synchronization

/// Cuts off the largest queue of the whole node when what waits for slow readers is over its budget: asks one loop after
/// the other for its largest, then ends that one on its own loop.
///
/// Safe from any thread. One search runs at a time; what comes in meanwhile is seen by the next one.
final class OutboundRelief: Sendable {
    struct Member: Sendable {
        let loop: any EventLoop
        let sockets: NIOLoopBoundBox<LoopSockets>
    }

    private struct Largest {
        let bytes: Int
        let member: Member
    }

    private let members = Mutex<[Member]>([])
    private let isSearching = Atomic<Bool>(false)
    private let total: OutboundTotal

    init(total: OutboundTotal) { self.total = total }

    /// The loops that are asked; none at the end of the server, whose parts would keep each other alive otherwise.
    func use(_ members: [Member]) { self.members.withLock { $0 = members } }

    /// Called by a socket whose report has put the node over its budget.
    func begin() {
        guard !isSearching.exchange(true, ordering: .acquiringAndReleasing) else { return }
        ask(members.withLock { $0 }[...], largest: nil)
    }

    private func ask(_ members: ArraySlice<Member>, largest: Largest?) {
        guard let member = members.first else { return cut(largest) }
        member.loop.execute { [self] in
            let bytes = member.sockets.value.largestQueueBytes
            let isLarger = bytes > largest?.bytes ?? 0
            ask(members.dropFirst(), largest: isLarger ? Largest(bytes: bytes, member: member) : largest)
        }
    }

    private func cut(_ largest: Largest?) {
        guard let largest else { return isSearching.store(false, ordering: .releasing) }
        largest.member.loop.execute { [self] in
            largest.member.sockets.value.cutLargestQueue()
            isSearching.store(false, ordering: .releasing)
            if total.isOver { begin() }
        }
    }
}
