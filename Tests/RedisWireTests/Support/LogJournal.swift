import Logging

/// Every line that a logger writes, with its metadata, as text.
struct LogJournal: Sendable {
    private let lines = Journal<String>()

    var logger: Logger {
        Logger(label: "test") { [lines] _ in Handler(lines: lines) }
    }

    var all: [String] { lines.all }

    private struct Handler: LogHandler {
        let lines: Journal<String>
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let merged = metadata.merging(event.metadata ?? [:]) { $1 }
            let words = merged.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.add(([event.message.description] + words).joined(separator: " "))
        }
    }
}
