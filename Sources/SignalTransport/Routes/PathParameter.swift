import Hummingbird
import SignalDomain

/// One segment of a path that stands for a value.
package enum PathParameter {
    /// The text of the segment, its escapes undone.
    static func text(_ name: String, _ context: RouteContext) throws(Refusal) -> String {
        guard let raw = context.parameters.get(name), let text = decode(raw), !text.isEmpty else {
            throw .badRequest("The path is not valid.")
        }
        return text
    }

    /// Undoes percent-encoding; nil for a broken escape and for what is not UTF-8.
    package static func decode(_ raw: String) -> String? {
        var out: [UInt8] = []
        var rest = raw.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                out.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(value), let low = rest.popFirst().flatMap(value) else {
                return nil
            }
            out.append(high << 4 | low)
        }
        return String(validating: out, as: UTF8.self)
    }

    private static func value(of digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
