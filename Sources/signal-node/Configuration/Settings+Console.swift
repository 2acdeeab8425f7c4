import SignalNode

extension Settings {
    /// The rows of `NodeConfiguration.console`.
    static let console: [Setting] = [
        Setting(
            "timelineRooms", .console, .integer(\.console.timelineRooms, 0...4_096, .count),
            "Rooms of which a node keeps the last events, for the question why two peers did not connect; 0 means none."
        ),
        Setting(
            "timelineEvents", .console, .integer(\.console.timelineEvents, 0...4_096, .count),
            "Events that are kept of one room, about 64 bytes each; 0 means none."),
        Setting(
            "consoleAnswerMs", .console, .integer(\.console.answerMs, 10...60_000, .milliseconds),
            "How long the other nodes may take to answer a question of an operator."),
        Setting(
            "consoleReportMs", .console, .integer(\.console.reportMs, 100...60_000, .milliseconds),
            "How often nodes tell their counters to consoles, while somebody looks."),
        Setting(
            "consoleEventBatchMs", .console, .integer(\.console.eventBatchMs, 10...60_000, .milliseconds),
            "How long events are collected before they go to the consoles of another node."),
        Setting(
            "consoleEventBatchBytes", .console, .integer(\.console.eventBatchBytes, 1_024...1_048_576, .bytes),
            "Joins, leaves and sweeps that go there at once; of what is too much only the number is told."),
    ]
}
