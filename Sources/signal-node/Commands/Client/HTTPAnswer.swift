import NIOCore

/// What a server answered: the status and the body, as far as its length was announced.
struct HTTPAnswer: Equatable {
    /// The most that is read of an answer, in bytes.
    static let maxBytes = 16_777_216

    let status: Int
    let body: String

    enum Progress: Equatable {
        case incomplete
        case complete(HTTPAnswer)
        case notHTTP
    }

    /// Reads what has come in so far.
    static func read(_ bytes: ByteBuffer) -> Progress {
        let text = bytes.readableBytesView
        guard let firstEnd = text.firstIndex(of: UInt8(ascii: "\n")) else {
            return text.count > 4_096 ? .notHTTP : .incomplete
        }
        guard let status = status(of: String(decoding: text[..<firstEnd], as: UTF8.self)) else { return .notHTTP }
        guard let end = text.firstRange(of: Array("\r\n\r\n".utf8)) else {
            return text.count > maxBytes ? .notHTTP : .incomplete
        }
        let head = String(decoding: text[..<end.lowerBound], as: UTF8.self)
        let body = text[end.upperBound...]
        let length = length(in: head) ?? 0
        guard length <= maxBytes else { return .notHTTP }
        guard body.count >= length else { return .incomplete }
        return .complete(HTTPAnswer(status: status, body: String(decoding: body.prefix(length), as: UTF8.self)))
    }

    /// `HTTP/1.1 200 OK` → 200
    static func status(of line: String) -> Int? {
        let parts = line.split(separator: " ")
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].prefix(3).utf8.count == 3 else { return nil }
        return Int(parts[1].prefix(3))
    }

    private static func length(in head: String) -> Int? {
        for line in head.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return Int(parts[1].drop { $0 == " " }).flatMap { $0 >= 0 ? $0 : nil }
        }
        return nil
    }
}
