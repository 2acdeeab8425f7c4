public import NIOSSL

/// How a `rediss` server proves itself: full verification against trust roots, never less.
///
/// The certificates are read once, here; the context is immutable and shared by all connections.
public struct RedisTLS: Sendable {
    let context: NIOSSLContext
    /// The name that the certificate must carry; nil is the host of the URL.
    let serverName: String?

    /// - Parameters:
    ///   - trustRootsFile: A PEM file of authorities; nil is the system's.
    ///   - serverName: The name that the certificate must carry, when it is not the host of the URL.
    /// - Throws: `NIOSSLError` or `BoringSSLError` when the file cannot be read or holds no certificate.
    public init(trustRootsFile: String? = nil, serverName: String? = nil) throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        if let trustRootsFile {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(trustRootsFile))
        }
        try self.init(configuration: configuration, serverName: serverName)
    }

    /// For what a trust roots file alone cannot say, such as client certificates.
    public init(configuration: TLSConfiguration, serverName: String? = nil) throws {
        context = try NIOSSLContext(configuration: configuration)
        self.serverName = serverName
    }
}
