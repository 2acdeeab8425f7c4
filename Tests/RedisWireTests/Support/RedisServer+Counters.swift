import RedisWire
import SignalTestKit

extension RedisServer {
    /// A number of `INFO everything`.
    func counter(_ name: String) throws -> Int {
        let lines = try command(["INFO", "everything"]).split(whereSeparator: \.isNewline)
        let line = lines.first { $0.hasPrefix("\(name):") } ?? ""
        return Int(line.dropFirst(name.count + 1)) ?? 0
    }

    func blockedClients() throws -> Int {
        try counter("blocked_clients")
    }
}

extension Result<RESPValue, RedisError> {
    var serverErrorCode: RedisServerError.Code? {
        if case .failure(.server(let error)) = self { error.code } else { nil }
    }
}

extension RedisLinkState {
    var serverErrorCode: RedisServerError.Code? {
        if case .down(.server(let error)) = self { error.code } else { nil }
    }

    var isConnectFailure: Bool {
        if case .down(.connectFailed) = self { true } else { false }
    }

    var isProtocolViolation: Bool {
        if case .down(.protocolViolation) = self { true } else { false }
    }
}
