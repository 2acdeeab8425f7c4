import NIOCore
import SignalDomain

/// What a session of dialect 2 remembers of its socket, besides its seat. Confined to the loop of the socket.
final class Conversation {
    /// Frames that may arrive between the hello and the welcome.
    static let maxEarly = 256

    /// The stamp of signals that are to be confirmed.
    let confirmedStamp: Stamp
    /// What the client has to present to come back.
    let resumeToken: String
    /// The client has the resume token already.
    var isHeard: Bool
    /// Nothing but the welcome may come first.
    private(set) var isWelcomed = false
    private var earlyFrames: [ByteBuffer] = []
    private var earlyMessages = Backlog()
    /// Directed signals that the cluster has not dispatched yet: a broadcast must not overtake them.
    var underway = 0
    /// When the client was heard last, in milliseconds.
    var heardAt: Int64
    /// Members of the room, as far as this client was told.
    var members = 1
    /// When its TURN credentials have to be renewed.
    var ice: IceLease?
    /// A receipt beyond the budget: it waits for the next look at the clock, for no later one may come.
    private var lateReceipt: UInt64?
    private var commands: FixedWindow
    private var malformed: FixedWindow

    init(stamp: Stamp, resumeToken: String, isHeard: Bool, nowMs: Int64) {
        confirmedStamp = stamp
        self.resumeToken = resumeToken
        self.isHeard = isHeard
        heardAt = nowMs
        commands = FixedWindow(startedMs: nowMs)
        malformed = FixedWindow(startedMs: nowMs)
    }

    /// Keeps a frame that arrived before the welcome; at most once, so what is too much is dropped.
    func keepForLater(_ frame: ByteBuffer) -> Bool {
        guard !isWelcomed else { return false }
        if earlyFrames.count < Self.maxEarly { earlyFrames.append(frame) }
        return true
    }

    /// Keeps a message of a client that did not wait for its welcome; false when it sends too many.
    func keepMessage(_ message: ByteBuffer) -> Bool {
        earlyMessages.keep(message)
    }

    /// Hands out what was kept; from now on nothing is.
    func welcome() -> (frames: [ByteBuffer], messages: [ByteBuffer]) {
        isWelcomed = true
        defer {
            earlyFrames = []
            earlyMessages = Backlog()
        }
        return (earlyFrames, earlyMessages.messages)
    }

    /// Whether the budget of messages to the server itself admits one more.
    func admitCommand(perSecond limit: Int, nowMs: Int64) -> Bool {
        limit == 0 || commands.admit(limit: limit, windowMs: 1_000, nowMs: nowMs) == .admitted
    }

    func keepReceipt(_ sequence: UInt64) { lateReceipt = max(lateReceipt ?? 0, sequence) }

    /// Takes out the receipt that waits.
    func takeReceipt() -> UInt64? {
        defer { lateReceipt = nil }
        return lateReceipt
    }

    /// Counts a message that could not be read; false when there were too many.
    func admitMalformed(perMinute limit: Int, nowMs: Int64) -> Bool {
        limit == 0 || malformed.admit(limit: limit, windowMs: 60_000, nowMs: nowMs) == .admitted
    }
}
