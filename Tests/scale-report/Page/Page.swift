import Foundation

/// docs/scale.md: what stands between its marks is written by a run, the rest by hand.
struct Page {
    private static let begin = "<!-- make scale: begin -->\n"
    private static let end = "<!-- make scale: end -->"

    /// - Throws: when the file cannot be read or written, or lacks its marks.
    static func write(_ sections: [String], to path: String) throws {
        let url = URL(filePath: path)
        var text = try String(contentsOf: url, encoding: .utf8)
        guard let begin = text.range(of: begin), let end = text.range(of: end, range: begin.upperBound..<text.endIndex)
        else { throw MarksMissing(path: path) }
        text.replaceSubrange(
            begin.upperBound..<end.lowerBound, with: "\n" + sections.joined(separator: "\n\n") + "\n\n")
        try text.write(to: url, atomically: true, encoding: .utf8)
    }
}

struct MarksMissing: Error, CustomStringConvertible {
    let path: String
    var description: String { "\(path) has no marks between which to write" }
}
