/// Writes SVG elements; every text is escaped, so the drawing is valid XML whatever a node is called.
struct Canvas: Sendable {
    enum Anchor: String { case start, middle, end }

    private(set) var body: [String] = []

    mutating func rect(
        x: Double, y: Double, width: Double, height: Double, _ style: String, radius: Double = 0
    ) {
        let round = radius > 0 ? " rx=\"\(Canvas.number(radius))\"" : ""
        body.append(
            "<rect class=\"\(style)\" x=\"\(Canvas.number(x))\" y=\"\(Canvas.number(y))\" "
                + "width=\"\(Canvas.number(max(0, width)))\" height=\"\(Canvas.number(max(0, height)))\"\(round)/>")
    }

    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, _ style: String) {
        body.append(
            "<line class=\"\(style)\" x1=\"\(Canvas.number(x1))\" y1=\"\(Canvas.number(y1))\" "
                + "x2=\"\(Canvas.number(x2))\" y2=\"\(Canvas.number(y2))\"/>")
    }

    /// - Parameter x: of the anchor; `y` is the base line.
    mutating func text(_ text: String, x: Double, y: Double, _ style: String, anchor: Anchor = .start) {
        let place = anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\""
        body.append(
            "<text class=\"\(style)\" x=\"\(Canvas.number(x))\" y=\"\(Canvas.number(y))\"\(place)>"
                + "\(Canvas.escaped(text))</text>")
    }

    /// Texts one after the other on one line, in the widths that the reader's font gives them.
    mutating func text(_ parts: [(text: String, style: String)], x: Double, y: Double) {
        let spans = parts.enumerated().map { index, part in
            "<tspan class=\"\(part.style)\"\(index == 0 ? "" : " dx=\"10\"")>\(Canvas.escaped(part.text))</tspan>"
        }
        body.append("<text x=\"\(Canvas.number(x))\" y=\"\(Canvas.number(y))\">\(spans.joined())</text>")
    }

    /// Many equal dots as one path: round caps on lines of no length.
    mutating func dots(_ points: [(x: Double, y: Double)], _ style: String) {
        guard !points.isEmpty else { return }
        let path = points.map { "M\(Canvas.number($0.x)) \(Canvas.number($0.y))h0" }.joined()
        body.append("<path class=\"\(style)\" d=\"\(path)\"/>")
    }

    mutating func polygon(_ points: [(x: Double, y: Double)], _ style: String) {
        let list = points.map { "\(Canvas.number($0.x)),\(Canvas.number($0.y))" }.joined(separator: " ")
        body.append("<polygon class=\"\(style)\" points=\"\(list)\"/>")
    }

    mutating func polyline(_ points: [(x: Double, y: Double)], _ style: String) {
        let list = points.map { "\(Canvas.number($0.x)),\(Canvas.number($0.y))" }.joined(separator: " ")
        body.append("<polyline class=\"\(style)\" points=\"\(list)\"/>")
    }

    /// The whole drawing.
    func document(width: Double, height: Double, title: String) -> String {
        let size = "\(Canvas.number(width)) \(Canvas.number(height))"
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(Canvas.number(width))" \
            height="\(Canvas.number(height))" role="img">
            <title>\(Canvas.escaped(title))</title>
            <style>\(Palette.css)</style>
            \(Palette.definitions)
            \(body.joined(separator: "\n"))
            </svg>

            """
    }

    /// One decimal is finer than a pixel.
    static func number(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : Figure.decimal(value, digits: 1)
    }

    static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F || scalar.value & 0xFFFE == 0xFFFE:
                escaped += "\u{FFFD}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
