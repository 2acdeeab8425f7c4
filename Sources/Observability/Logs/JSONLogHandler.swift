public import Logging

/// The swift-log side of a `JSONLog`: the label, level and metadata of one logger.
public struct JSONLogHandler: LogHandler {
    /// The least severe level that is written: that of the log, unless the logger was given one of its own.
    public var logLevel: Logger.Level {
        get { ownLevel ?? log.level }
        set { ownLevel = newValue }
    }
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let log: JSONLog
    private let label: String
    private var ownLevel: Logger.Level?

    init(log: JSONLog, label: String, level: Logger.Level?) {
        self.log = log
        self.label = label
        ownLevel = level
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes the event; the event's own metadata wins over the provider's, the provider's over the logger's.
    public func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        log.write(event, label: label, metadata: merged)
    }
}
