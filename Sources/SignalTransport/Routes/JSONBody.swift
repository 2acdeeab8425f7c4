import HTTPTypes
import Hummingbird
import NIOCore
import SignalDomain
import SignalNode

/// The members of a request body that is one JSON object, each of the type that is asked for.
struct JSONBody {
    let members: [String: JSONValue]

    /// An absent member is nil, and so is `null`.
    func text(_ name: String) throws(Refusal) -> String? {
        switch members[name] {
        case nil, .null: return nil
        case .string(let text): return text
        default: throw .wrongMember(name, expected: "a text")
        }
    }

    func number(_ name: String) throws(Refusal) -> Double? {
        switch members[name] {
        case nil, .null: return nil
        case .number(let number) where number.isFinite: return number
        default: throw .wrongMember(name, expected: "a number")
        }
    }

    func flag(_ name: String) throws(Refusal) -> Bool? {
        switch members[name] {
        case nil, .null: return nil
        case .bool(let flag): return flag
        default: throw .wrongMember(name, expected: "true or false")
        }
    }

    func texts(_ name: String) throws(Refusal) -> [String]? {
        switch members[name] {
        case nil, .null: return nil
        case .array(let items):
            var texts: [String] = []
            for item in items {
                guard case .string(let text) = item else { throw .wrongMember(name, expected: "a list of texts") }
                texts.append(text)
            }
            return texts
        default: throw .wrongMember(name, expected: "a list of texts")
        }
    }
}

extension TransportSettings {
    /// Reads the body of a request, which must be one JSON object.
    func object(in request: Request) async throws -> [String: JSONValue] {
        if let type = request.headers[.contentType] {
            let name = type.prefix { $0 != ";" }.lowercased().trimmedSpaces
            guard name == "application/json" || name.hasSuffix("+json") else { throw Refusal.unsupportedMediaType }
        }
        let maxBytes = configuration.handshake.bodyBytes
        do {
            let body = try await request.body.collect(upTo: maxBytes)
            return try JSONValue.object(in: body)
        } catch is NIOTooManyBytesError {
            throw Refusal.bodyTooLarge(maxBytes: maxBytes)
        }
    }

    func caller(_ request: Request, _ context: RouteContext) -> Caller { Caller(request, context, origin: origin) }
}

extension Refusal {
    fileprivate static func wrongMember(_ name: String, expected: String) -> Refusal {
        .badRequest("\(name) must be \(expected).")
    }
}

extension String {
    fileprivate var trimmedSpaces: String {
        var text = self[...]
        while text.first == " " || text.first == "\t" { text.removeFirst() }
        while text.last == " " || text.last == "\t" { text.removeLast() }
        return String(text)
    }
}
