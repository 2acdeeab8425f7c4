/// The two text formats that Prometheus reads.
public enum ExpositionFormat: Sendable, Equatable {
    /// Prometheus text format 0.0.4.
    case text004
    /// OpenMetrics 1.0.0.
    case openMetrics

    /// The `Content-Type` of a page; Prometheus 3 refuses a scrape without the right one.
    public var contentType: String {
        switch self {
        case .text004: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The format that an `Accept` header prefers (RFC 9110 §12.5.1); text 0.0.4 unless it asks for OpenMetrics 1.0.0
    /// at least as much as for text.
    public static func negotiated(accept: String?) -> ExpositionFormat {
        var openMetrics = 0.0
        var text = 0.0
        for range in (accept ?? "").split(separator: ",") {
            let range = MediaRange(range)
            switch range.type {
            case "application/openmetrics-text" where ["", "1.0.0"].contains(range.version):
                openMetrics = max(openMetrics, range.quality)
            case "text/plain" where ["", "0.0.4"].contains(range.version): text = max(text, range.quality)
            default: break
            }
        }
        return openMetrics > 0 && openMetrics >= text ? .openMetrics : .text004
    }

    /// The `Content-Type` of the format that `accept` prefers.
    public static func contentType(accept: String?) -> String { negotiated(accept: accept).contentType }
}

/// One item of an `Accept` header.
private struct MediaRange {
    var type = ""
    var version = ""
    var quality = 1.0

    init(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
        type = parts.first ?? ""
        for part in parts.dropFirst() {
            if part.hasPrefix("version=") { version = part.dropFirst("version=".count).filter { $0 != "\"" } }
            if part.hasPrefix("q=") { quality = Double(part.dropFirst("q=".count)) ?? 0 }
        }
    }
}
