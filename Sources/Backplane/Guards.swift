/// The rules that keep a cluster honest, by name, each of which the checked model switches off to show what it prevents
/// (docs/model.md). Production runs with all of them; there is no public way to change that.
package struct Guards: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let all = Guards(rawValue: .max)

    // Steps on the shared state.

    /// A leave removes only the very connection that it names.
    package static let compareAndDelete = Guards(rawValue: 1 << 0)
    /// Connections of one session are ordered by the client's own number, not by their arrival.
    package static let connectionOrder = Guards(rawValue: 1 << 1)
    /// A dead node stays a job for every survivor until its rooms are clean.
    package static let durableSweep = Guards(rawValue: 1 << 2)
    /// A join or an announce counts only while its node holds a lease.
    package static let leaseFence = Guards(rawValue: 1 << 3)
    /// A heartbeat renews a lease and never creates one.
    package static let renewOnly = Guards(rawValue: 1 << 4)
    /// An announce yields to a better claim instead of overwriting it.
    package static let announceCompares = Guards(rawValue: 1 << 5)
    /// An announce removes what its node no longer holds.
    package static let announceDeletes = Guards(rawValue: 1 << 6)
    /// Leases do not run out while the store is away.
    package static let amnesty = Guards(rawValue: 1 << 7)
    /// A registration judges the lease clock too, so that it cannot hide an absence of the store from the heartbeats.
    package static let amnestyAtRegistration = Guards(rawValue: 1 << 8)

    /// A letter is in the inbox of its receiver before its sender hears `stored`.
    package static let storedBeforeAck = Guards(rawValue: 1 << 21)
    /// What is left in the inbox of a member that goes is reported to the senders.
    package static let undeliverTells = Guards(rawValue: 1 << 22)

    // A node and its views.

    /// Events apply in the order of their versions, and a gap asks for a snapshot.
    package static let versionOrder = Guards(rawValue: 1 << 9)
    /// Events wait while a snapshot is on its way, so that it cannot undo them.
    package static let eventsAwaitSnapshot = Guards(rawValue: 1 << 10)
    /// What a view learned on a connection is void on the next one.
    package static let viewPerConnection = Guards(rawValue: 1 << 11)
    /// Replies of an earlier connection are void.
    package static let repliesPerConnection = Guards(rawValue: 1 << 12)
    /// A session that gives up before its answer is taken back.
    package static let lateSuccess = Guards(rawValue: 1 << 13)
    /// A session that closes because it lost its place is taken back too.
    package static let replacedLeaves = Guards(rawValue: 1 << 14)
    /// After a reconnect a missing member stays listed for the settle time.
    package static let settleTime = Guards(rawValue: 1 << 15)
    /// A takeover counts in the order of versions, however early it is heard.
    package static let yieldInOrder = Guards(rawValue: 1 << 16)
    /// An announce waits for the joins that are under way, which it would disown.
    package static let announceAwaitsJoins = Guards(rawValue: 1 << 17)
    /// The room index is written anew on each connection.
    package static let indexPerConnection = Guards(rawValue: 1 << 18)
    /// A member that joins here is no longer listed elsewhere.
    package static let ownJoinCounts = Guards(rawValue: 1 << 19)
    /// A room is announced on the next connection although its last member left here with the store's word.
    package static let recallDeparted = Guards(rawValue: 1 << 20)

    // Letters between sessions.

    /// The sender's node keeps a copy of a letter until its outcome is final, and submits it again.
    package static let heldCopies = Guards(rawValue: 1 << 23)
    /// Letters that are known are told by the set of them, not by the highest number.
    package static let setDedupe = Guards(rawValue: 1 << 24)
    /// What a leaving receiver has not confirmed is stored before anything later.
    package static let submitBefore = Guards(rawValue: 1 << 25)
}
