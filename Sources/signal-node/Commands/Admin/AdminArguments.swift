import ArgumentParser
import Foundation

/// Which live node a command talks to, and as whom. The token comes from the environment or a file, never from the
/// command line, where other users of the machine could read it.
struct AdminArguments: ParsableArguments {
    @Option(help: "The node to talk to (http or https); else SIGNAL_NODE_URL, else this machine at PORT.")
    var url: String?

    @Option(help: "Milliseconds after which no answer counts as a failure.")
    var timeoutMs = 5_000

    @Option(help: "PEM file of the authorities that an https node is trusted by; default: those of the system.")
    var trustRootsFile: String?

    @Flag(help: "Sends the token over plain http to another machine, where everybody on the way can read it.")
    var allowPlainHttp = false

    /// Sends one request and reads the JSON of its answer.
    ///
    /// - Throws: `AdminFailure` with what went wrong.
    func ask<Answer: Decodable>(
        _ method: String, _ path: String, _ body: [String: AdminValue]? = nil, as type: Answer.Type
    ) async throws -> Answer {
        let text = try await send(method, path, body)
        do {
            return try JSONDecoder().decode(Answer.self, from: Data(text.utf8))
        } catch {
            throw AdminFailure("The node answered what this program does not understand; is it another version?")
        }
    }

    @discardableResult
    func send(_ method: String, _ path: String, _ body: [String: AdminValue]? = nil) async throws -> String {
        let environment = ProcessInfo.processInfo.environment
        let address = url ?? environment["SIGNAL_NODE_URL"] ?? "http://127.0.0.1:\(environment["PORT"] ?? "8787")"
        guard let client = NodeClient(url: address, trustRootsFile: trustRootsFile) else {
            throw AdminFailure("The address of the node must begin with http:// or https://, but is \"\(address)\".")
        }
        var request = NodeClient.Request(method: method, target: path)
        request.token = try Self.token(environment)
        guard request.token == nil || client.address.isTLS || client.address.isLoopback || allowPlainHttp else {
            throw AdminFailure(
                "\(address): the token would be readable on the way. Use https://, or --allow-plain-http if the network "
                    + "is yours alone.")
        }
        if let body {
            request.body = String(decoding: try JSONEncoder().encode(body), as: UTF8.self)
        }
        do {
            let answer = try await client.answer(to: request, timeoutMs: max(1, timeoutMs))
            guard (200..<300).contains(answer.status) else { throw AdminFailure(answer, at: address) }
            return answer.body
        } catch let failure as NodeClient.Failure {
            throw Self.unanswered(failure, address, isChange: method != "GET")
        }
    }

    /// Says why there is no answer, and ends the program with 2.
    private static func unanswered(_ failure: NodeClient.Failure, _ address: String, isChange: Bool) -> ExitCode {
        let doubt =
            isChange && failure == .timeout ? " It may have been done all the same: look before you repeat it." : ""
        FileHandle.standardError.write(Data("Error: \(address): \(failure.sentence).\(doubt)\n".utf8))
        return ExitCode(2)
    }

    private static func token(_ environment: [String: String]) throws -> String? {
        if let token = environment["ADMIN_TOKEN"], !token.isEmpty { return token }
        guard let path = environment["ADMIN_TOKEN_FILE"], !path.isEmpty else { return nil }
        guard let data = FileManager.default.contents(atPath: path) else {
            throw AdminFailure("The file that ADMIN_TOKEN_FILE names cannot be read.")
        }
        return String(decoding: data, as: UTF8.self).filter { !$0.isNewline && $0 != " " }
    }
}

/// A value of a request's body.
enum AdminValue: Encodable {
    case text(String)
    case number(Int64)
    case texts([String])
    case flag(Bool)

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .text(let text): try value.encode(text)
        case .number(let number): try value.encode(number)
        case .texts(let texts): try value.encode(texts)
        case .flag(let flag): try value.encode(flag)
        }
    }
}

/// Why a command could not do its work; printed to standard error, exit code 1.
struct AdminFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// The node said no.
    init(_ answer: HTTPAnswer, at address: String) {
        let problem = try? JSONDecoder().decode(Problem.self, from: Data(answer.body.utf8))
        let hint = answer.status == 401 ? " Set ADMIN_TOKEN or ADMIN_TOKEN_FILE." : ""
        description =
            "\(address) answered \(answer.status)"
            + (problem.map { " (\($0.code)): \($0.error)" } ?? ".") + hint
    }

    private struct Problem: Decodable {
        let code: String
        let error: String
    }
}

/// One segment of a path, with everything escaped that is not a letter, a digit or one of `-._~`.
func pathSegment(_ text: String) -> String {
    text.utf8.reduce(into: "") { path, byte in
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            path.append(Character(Unicode.Scalar(byte)))
        default: path += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }
    }
}
