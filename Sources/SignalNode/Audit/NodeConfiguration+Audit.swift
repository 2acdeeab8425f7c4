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

        public init() {}
    }
}
