import NIOCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Why the node cannot listen, with the setting that helps.
public struct ListenError: Error, CustomStringConvertible {
    public let host: String
    public let port: Int
    /// The system's word for it.
    public let cause: any Error

    public var description: String {
        switch (cause as? IOError)?.errnoCode {
        case EADDRINUSE:
            "Port \(port) on \(host) is in use by another process: stop that one, or set PORT to a free port."
        case EACCES: "This user may not listen on port \(port): set PORT to 1024 or more."
        case EADDRNOTAVAIL: "\(host) is no address of this machine: set HOST to one, or to 0.0.0.0 for all."
        default: "Cannot listen on \(host):\(port) (\(cause)): check HOST and PORT."
        }
    }
}
