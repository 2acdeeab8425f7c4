#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Where a node is: an `http` or `https` address.
struct NodeAddress: Equatable {
    let isTLS: Bool
    let host: String
    let port: Int
    /// Path and query.
    let target: String

    /// Nil for anything else, and without a host.
    init?(url: String) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme, ["http", "https"].contains(scheme),
            let host = parts.host, !host.isEmpty
        else { return nil }
        isTLS = scheme == "https"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? (isTLS ? 443 : 80)
        target =
            (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath)
            + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    /// Host and port as a header names them.
    var authority: String { (host.contains(":") ? "[\(host)]" : host) + ":\(port)" }

    /// Whether nobody but this machine can read what is sent there in the clear.
    var isLoopback: Bool { host == "localhost" || host == "::1" || isLoopbackIPv4 }

    /// 127.0.0.0/8 in four decimal numbers; a name that begins with 127 is none.
    private var isLoopbackIPv4: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return parts.count == 4 && parts[0] == 127 && !parts.contains(nil)
    }
}
