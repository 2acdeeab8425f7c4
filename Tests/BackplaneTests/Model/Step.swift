/// One thing that can happen next in a model, whoever does it. Nodes and peers are named by their numbers.
enum Step: Hashable, CustomStringConvertible {
    // What the protocol does on its own, in any order between nodes.
    case execute(Int)
    case reply(Int)
    case read(Int)
    case link(Int)
    case beat(Int)
    /// A gap in a view lasts for a heartbeat interval.
    case gap(Int)
    case resume(Int)
    /// The lease of a dead node, or of an earlier life of a node, runs out.
    case expire(Int)
    /// A dead node's last commands never reach the store.
    case vanish(Int)
    /// The claim of a sweep whose owner is gone runs out.
    case releaseClaims
    /// A client reads up to the next message that it reacts to: a welcome, or a letter, which it confirms.
    case listen(peer: Int)
    /// A node finds the oldest socket whose client is gone.
    case notice(Int)
    /// What a local receiver has not confirmed has waited for long enough.
    case spill(Int)
    /// What clients have confirmed was collected for long enough.
    case confirm(Int)
    /// The client of a node that is gone loses its socket; it read what was on its way before, or not.
    case cut(peer: Int, hasRead: Bool)
    /// Copies that wait are submitted again.
    case retry(Int)
    /// Nothing else is left to do, and the settle times end.
    case settle
    /// Nothing else is left to do, and who is away on a node has been so for too long.
    case giveUp(Int)

    // What the world does, as long as the budget lasts.
    case join(peer: Int, node: Int)
    case leave(peer: Int, node: Int)
    /// A client sends a reliable signal.
    case send(from: Int, to: Int)
    /// A client opens a socket: for its session, or for a new one.
    case dial(peer: Int, node: Int, anew: Bool)
    /// A client loses its socket.
    case lose(peer: Int, hasRead: Bool)
    /// A client leaves for good.
    case retire(peer: Int)
    /// No sender waits longer for its first outcome.
    case timeOut(Int)
    case kill(Int)
    case start(Int)
    case pause(Int)
    /// A node that is stopped or cut off stays so for longer than its lease.
    case lapse(Int)
    case unlink(Int, inFlightRuns: Bool)
    case flush
    /// The store comes back without its last write, and every connection is new.
    case failover
    /// The store is away for longer than a lease, and every connection is new.
    case absence

    var description: String {
        switch self {
        case .execute(let node): "the store runs a command of \(node)"
        case .reply(let node): "\(node) gets a reply"
        case .read(let node): "\(node) reads a frame"
        case .link(let node): "\(node) connects"
        case .beat(let node): "\(node) sends a heartbeat"
        case .gap(let node): "a gap lasts on \(node)"
        case .resume(let node): "\(node) goes on"
        case .expire(let node): "the lease of an earlier life of \(node) runs out"
        case .vanish(let node): "the last commands of \(node) vanish"
        case .releaseClaims: "claims of lost nodes run out"
        case .listen(let peer): "peer \(peer) reads on"
        case .notice(let node): "\(node) finds a socket gone"
        case .spill(let node): "\(node) stores what is not confirmed"
        case .confirm(let node): "\(node) says what is confirmed"
        case .cut(let peer, let hasRead): "peer \(peer) loses its dead node, \(hasRead ? "all read" : "nothing read")"
        case .retry(let node): "\(node) submits again what waits"
        case .settle: "the settle times end"
        case .giveUp(let node): "\(node) gives those up who are away"
        case .join(let peer, let node): "peer \(peer) joins on \(node)"
        case .leave(let peer, let node): "peer \(peer) leaves \(node)"
        case .send(let peer, let other): "peer \(peer) sends to \(other)"
        case .dial(let peer, let node, let anew): "peer \(peer) dials \(node)\(anew ? " anew" : "")"
        case .lose(let peer, let hasRead): "peer \(peer) LOSES its socket, \(hasRead ? "all read" : "nothing read")"
        case .retire(let peer): "peer \(peer) leaves for good"
        case .timeOut(let node): "\(node) lets nobody wait any longer"
        case .kill(let node): "KILL \(node)"
        case .start(let node): "START \(node)"
        case .pause(let node): "STOP \(node)"
        case .lapse(let node): "the lease of \(node), stopped or cut off, runs out"
        case .unlink(let node, let runs): "\(node) is CUT OFF; what is in flight \(runs ? "runs" : "is lost")"
        case .flush: "FLUSH"
        case .failover: "FAILOVER"
        case .absence: "the store is AWAY for 8 s"
        }
    }
}

/// How often the world may interfere.
struct Budget: Hashable {
    var joins = 0
    var leaves = 0
    var kills = 0
    var starts = 0
    var pauses = 0
    var lapses = 0
    var unlinks = 0
    var flushes = 0
    var failovers = 0
    var absences = 0
    var sends = 0
    var losses = 0
    /// Dials that begin a new session although the old one is not over.
    var reloads = 0
    var timeouts = 0
}
