import Foundation
import NIOCore

/// A server under measurement: a plain WebSocket URL on this machine.
///
/// Loopback only, without a way around: the tool opens ten thousand sockets and must never be a weapon.
struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    let address: SocketAddress
    /// Value of the `Host` header.
    let authority: String
    /// Path and query, without a trailing `?`.
    let target: String

    /// Reads `ws://127.0.0.1:8787/signal`; a query (for example `?token=…`) is kept.
    init(_ text: String) throws {
        guard let parts = URLComponents(string: text), let host = parts.host, parts.scheme == "ws" else {
            throw EndpointError.notWebSocketURL(text)
        }
        let port = parts.port ?? 80
        address = try Endpoint.loopback(host: host, port: port)
        authority = "\(host):\(port)"
        let path = parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath
        target = parts.percentEncodedQuery.map { "\(path)?\($0)" } ?? path
    }

    /// Path and query, with `query` behind the one that the URL may have.
    func target(withQuery query: String) -> String {
        "\(target)\(target.contains("?") ? "&" : "?")\(query)"
    }

    /// The address of `host` if it is this machine's loopback; no resolver is asked.
    static func loopback(host: String, port: Int) throws -> SocketAddress {
        var literal = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        if literal == "localhost" { literal = "127.0.0.1" }
        guard (1...65_535).contains(port), let address = try? SocketAddress(ipAddress: literal, port: port) else {
            throw EndpointError.notLoopback(host)
        }
        let isLoopback =
            switch address {
            case .v4: literal.hasPrefix("127.")
            case .v6: literal == "::1"
            case .unixDomainSocket: false
            }
        guard isLoopback else { throw EndpointError.notLoopback(host) }
        return address
    }

    /// Without the query: it may carry a token.
    var description: String { "ws://\(authority)\(target.prefix { $0 != "?" })" }
}

enum EndpointError: Error, Equatable, CustomStringConvertible {
    case notWebSocketURL(String)
    case notLoopback(String)
    case notHostAndPort(String)

    var description: String {
        switch self {
        case .notWebSocketURL(let text): "'\(text)' is not a ws:// URL, for example ws://127.0.0.1:8787/signal"
        case .notLoopback(let host):
            "'\(host)' is not this machine: signal-load measures loopback targets only (127.0.0.0/8, ::1, localhost)"
        case .notHostAndPort(let text): "'\(text)' is not host:port, for example 127.0.0.1:6379"
        }
    }
}
