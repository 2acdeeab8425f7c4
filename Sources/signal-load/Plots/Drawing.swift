import Foundation

/// An SVG that stands alone: no script, no external font, light or dark as the reader's system is.
struct Drawing: Sendable {
    enum Anchor: String { case start, middle, end }

    private var elements: [String] = []

    mutating func rect(x: Double, y: Double, width: Double, height: Double, _ style: String) {
        add("rect", style, ["x": x, "y": y, "width": max(0, width), "height": max(0, height)])
    }

    mutating func line(x1: Double, y1: Double, x2: Double, y2: Double, _ style: String) {
        add("line", style, ["x1": x1, "y1": y1, "x2": x2, "y2": y2])
    }

    mutating func dot(x: Double, y: Double, _ style: String) {
        add("circle", style, ["cx": x, "cy": y, "r": 3.5])
    }

    mutating func path(_ points: [(x: Double, y: Double)], _ style: String) {
        let list = points.map { "\(Drawing.number($0.x)),\(Drawing.number($0.y))" }.joined(separator: " ")
        elements.append("<polyline class=\"\(style)\" points=\"\(list)\"/>")
    }

    /// - Parameter x: of the anchor; `y` is the base line.
    mutating func text(_ text: String, x: Double, y: Double, _ style: String, anchor: Anchor = .start) {
        elements.append(
            "<text class=\"\(style)\" x=\"\(Drawing.number(x))\" y=\"\(Drawing.number(y))\" "
                + "text-anchor=\"\(anchor.rawValue)\">\(Drawing.escaped(text))</text>")
    }

    func svg(width: Double, height: Double, title: String) -> String {
        let size = "\(Drawing.number(width)) \(Drawing.number(height))"
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size)" width="\(Drawing.number(width))" \
            height="\(Drawing.number(height))" role="img">
            <title>\(Drawing.escaped(title))</title>
            <style>\(Look.css)</style>
            <rect class="ground" width="100%" height="100%"/>
            \(elements.joined(separator: "\n"))
            </svg>

            """
    }

    private mutating func add(_ element: String, _ style: String, _ values: KeyValuePairs<String, Double>) {
        let attributes = values.map { "\($0)=\"\(Drawing.number($1))\"" }.joined(separator: " ")
        elements.append("<\(element) class=\"\(style)\" \(attributes)/>")
    }

    /// One decimal is finer than a pixel.
    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(format: "%.0f", value) : String(format: "%.1f", value)
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
