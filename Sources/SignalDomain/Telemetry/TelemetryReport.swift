/// What a client reports about its connection, with every text brought into a closed set or charset.
public struct TelemetryReport: Hashable, Sendable {
    public var iceState: IceState?
    public var failureReason: FailureReason?
    /// The connection goes through TURN.
    public var relayUsed = false
    /// Present when the client named a region or a carrier; the half it left out is `unknown`.
    public var regionCarrier: RegionCarrier?
    /// The other end of the connection, where the client names it.
    public var peer: PeerID?

    /// Reads a `telemetry` message; absent, empty and null members mean no report of that kind, a later copy of a
    /// member wins as it does in the clients' own JSON.
    public init(_ message: ScannedMessage, in bytes: UnsafeRawBufferPointer) {
        var region: String?
        var carrier: String?
        for member in ObjectMembers(bytes, at: message.start) {
            switch member.name {
            case "iceState": iceState = Self.word(member.value, bytes).map { IceState(rawValue: $0) ?? .other }
            case "failureReason":
                failureReason = Self.word(member.value, bytes).map { FailureReason(rawValue: $0) ?? .other }
            case "relayUsed": relayUsed = member.value.boolean(in: bytes) ?? false
            case "peerId": peer = member.value.string(in: bytes).flatMap { try? PeerID($0) }
            case "region": region = Self.word(member.value, bytes).map(RegionCarrier.label)
            case "carrier": carrier = Self.word(member.value, bytes).map(RegionCarrier.label)
            default: break
            }
        }
        if region != nil || carrier != nil {
            regionCarrier = RegionCarrier(region: region ?? "unknown", carrier: carrier ?? "unknown")
        }
    }

    /// The text of a value; a value that is neither text nor null is some word outside every set.
    private static func word(_ value: MemberValue, _ bytes: UnsafeRawBufferPointer) -> String? {
        guard let text = value.string(in: bytes) else {
            return bytes[value.range].elementsEqual("null".utf8) ? nil : "other"
        }
        return text.isEmpty ? nil : text
    }
}
