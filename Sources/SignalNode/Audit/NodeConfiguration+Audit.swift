extension NodeConfiguration {
    /// The audit log: where it is written and how long it is kept.
    public struct Audit: Sendable, Equatable {
        /// The path of the file, or `-` for standard error; nil = no audit log.
        public var log: String?
        /// Bytes that the log may take on the disk, closed files included; the oldest ones are deleted for it. A file is
        /// closed when it has an eighth of this, 32 MiB at most, or after a day.
        public var maxBytes = 268_435_456
        /// Days that a line is kept at least, unless the log grows too large; 0 = no limit of age.
        public var retentionDays = 90
        /// Days that whole client addresses are kept at most; only their networks (/24, /48) stay. 0 = they are never
        /// written. A log on standard error, which nobody here can shorten later, never has them.
        public var addressDays = 7
        /// Entries that may wait for the disk; more are lost, and the log says how many.
        public var queueEntries = 10_000
        /// Lines per hour that one address, or one subject of a token, gets for what it is refused and for tickets, invites
        /// and looks; more are told in one line `audit.reduced`. 0 = no limit.
        public var linesPerSource = 10
        /// Lines per hour that the node writes about refusals, whoever tries; 0 = no limit. Fifty take a tenth of `maxBytes`
        /// in the 90 days of `retentionDays`.
        public var refusals = 50

        public init() {}
    }
}
