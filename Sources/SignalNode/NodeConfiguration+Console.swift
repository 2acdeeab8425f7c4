extension NodeConfiguration {
    /// What operators at a console may see, and how much of it is kept and sent (docs/console.md).
    public struct Console: Sendable, Equatable {
        /// Rooms of which the last events are kept, for the question why two peers did not connect; 0 = none.
        public var timelineRooms = 256
        /// Events that are kept of one room, about 64 bytes each; 0 = none.
        public var timelineEvents = 128
        /// How long the other nodes may take to answer a question of an operator, in milliseconds.
        public var answerMs = 1_500
        /// How often nodes tell their counters to consoles, in milliseconds.
        public var reportMs = 1_000
        /// How long events are collected before they go to the consoles of another node, in milliseconds.
        public var eventBatchMs = 250
        /// Bytes of events that go there at once; of what is too much only the number is told.
        public var eventBatchBytes = 16_384

        public init() {}
    }
}
