/// A region and a carrier as metric labels: each 1 to 32 of `[A-Za-z0-9_-]`, or `other`.
public struct RegionCarrier: Hashable, Sendable {
    public static let maxLabelBytes = 32
    public static let other = RegionCarrier(region: "other", carrier: "other")

    public let region: String
    public let carrier: String

    public init(region: String, carrier: String) {
        self.region = Self.label(region)
        self.carrier = Self.label(carrier)
    }

    /// `text` when it is fit for a label, else `other`.
    static func label(_ text: String) -> String {
        let isFit = 1...maxLabelBytes ~= text.utf8.count && text.utf8.allSatisfy(isAllowed)
        return isFit ? text : "other"
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
