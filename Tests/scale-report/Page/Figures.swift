/// Numbers as the page writes them.
enum Figures {
    /// With commas between thousands.
    static func whole(_ value: Double) -> String {
        let digits = Array(String(Int(value.rounded())))
        return digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index) % 3 == 0 ? ",\(digit)" : "\(digit)"
        }.joined()
    }

    static func whole(_ value: Int) -> String { whole(Double(value)) }

    /// With one or two digits behind the point, or none from a hundred on.
    static func short(_ value: Double) -> String {
        if value >= 100 { return whole(value) }
        let scale = value >= 10 ? 10.0 : 100.0
        let scaled = Int((value * scale).rounded())
        let fraction = String(scaled % Int(scale))
        let padding = String(repeating: "0", count: (scale == 10 ? 1 : 2) - fraction.count)
        return "\(scaled / Int(scale)).\(padding)\(fraction)"
    }

    static func percent(_ share: Double) -> String { "\(short(share * 100)) %" }

    /// Two figures that count, for what is arithmetic on measured prices.
    static func rough(_ value: Double) -> String {
        var unit = 1.0
        while value / unit >= 100 { unit *= 10 }
        return whole((value / unit).rounded() * unit)
    }

    static func table(_ head: [String], _ rows: [[String]]) -> String {
        let rule = "|---|" + String(repeating: "--:|", count: head.count - 1)
        let lines = ([head] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
        return ([lines[0], rule] + lines.dropFirst()).joined(separator: "\n")
    }

    /// Paragraphs in lines of at most 120 characters; tables stay as they are.
    static func wrapped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            guard !line.hasPrefix("|") else { return String(line) }
            var lines = [""]
            for word in line.split(separator: " ") {
                let longer = lines[lines.count - 1] + (lines[lines.count - 1].isEmpty ? "" : " ") + word
                if longer.count > 120 { lines.append(String(word)) } else { lines[lines.count - 1] = longer }
            }
            return lines.joined(separator: "\n")
        }.joined(separator: "\n")
    }
}
