/// What a client of `/topics` says (y-webrtc's signaling protocol).
public enum TopicMessage: Hashable, Sendable {
    case ping
    /// Topics as the client names them, repeats included.
    case subscribe([String])
    case unsubscribe([String])
    case publish(topic: String)
    /// A word without a meaning here, which is passed over.
    case other
    /// Goes nowhere, and the client is told why.
    case unreadable(Fault)

    /// Why a message goes nowhere.
    public enum Fault: Error, Hashable, Sendable {
        case scan(ScanError)
        /// Not a list of strings, or too many of them.
        case topics(max: Int)
        /// Not a string.
        case topic
    }

    /// - Parameters:
    ///   - limits: of the message as JSON.
    ///   - maxTopics: of one list.
    public init(_ bytes: UnsafeRawBufferPointer, limits: ScanLimits, maxTopics: Int) {
        do throws(Fault) {
            self = try Self.read(bytes, limits: limits, maxTopics: maxTopics)
        } catch {
            self = .unreadable(error)
        }
    }

    private static func read(
        _ bytes: UnsafeRawBufferPointer, limits: ScanLimits, maxTopics: Int
    ) throws(Fault) -> TopicMessage {
        let message: ScannedMessage
        do throws(ScanError) { message = try MessageScanner.scan(bytes, limits: limits) } catch { throw .scan(error) }
        var (type, topic, topics): (MemberValue?, MemberValue?, MemberValue?)
        // Of equal names the later one counts, as in the clients.
        for member in ObjectMembers(bytes, at: message.start) {
            switch member.name {
            case "type": type = member.value
            case "topic": topic = member.value
            case "topics": topics = member.value
            default: break
            }
        }
        switch type?.string(in: bytes) {
        case "ping": return .ping
        case "subscribe": return .subscribe(try list(topics, in: bytes, max: maxTopics))
        case "unsubscribe": return .unsubscribe(try list(topics, in: bytes, max: maxTopics))
        case "publish":
            guard let topic = topic?.string(in: bytes) else { throw .topic }
            return .publish(topic: topic)
        default: return .other
        }
    }

    private static func list(
        _ value: MemberValue?, in bytes: UnsafeRawBufferPointer, max: Int
    ) throws(Fault) -> [String] {
        guard let value else { return [] }
        guard let topics = value.strings(in: bytes, limit: max) else { throw .topics(max: max) }
        return topics
    }

    /// A `publish` for all subscribers, without the members that only the server sets and without its closing brace:
    /// `clients` is missing.
    ///
    /// - Parameters:
    ///   - message: what a scan of exactly these `bytes` found.
    public static func opened(_ message: ScannedMessage, in bytes: UnsafeRawBufferPointer) -> [UInt8] {
        message.opened(in: bytes, without: "clients")
    }

    /// The same as subscribers get it.
    ///
    /// - Parameter clients: how many of them there are.
    public static func publication(_ opened: [UInt8], clients: Int) -> [UInt8] {
        opened + Array("\"clients\":\(clients)}".utf8)
    }
}

extension TopicMessage.Fault {
    public var code: ErrorCode { if case .scan(let error) = self { error.code } else { .invalidMessage } }

    /// What is wrong, in one sentence that repeats nothing of the message.
    public var sentence: String {
        switch self {
        case .scan(let error): error.code.sentence
        case .topics(let max): "topics must be a list of at most \(max) strings."
        case .topic: "topic must be a string."
        }
    }
}

extension ServerMessages {
    /// Says to a client of `/topics` what it cannot have.
    ///
    /// - Parameter topic: nil when it is no name that a topic can have.
    public static func topicError(_ code: ErrorCode, topic: String?, message: String) -> [UInt8] {
        var object = JSONObjectText()
        object.add("type", "error")
        object.add("code", code.rawValue)
        if let topic { object.add("topic", topic) }
        object.add("message", message)
        return object.closed
    }
}
