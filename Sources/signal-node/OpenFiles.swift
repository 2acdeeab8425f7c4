import Logging

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// How many files and sockets the process may have open (`RLIMIT_NOFILE`).
enum OpenFiles {
    /// Raises the soft limit to the hard one: shells and container engines often leave the soft one at 1,024, which a
    /// thousand sockets use up.
    static func raise(_ logger: Logger) {
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        let before = limit.rlim_cur
        limit.rlim_cur = limit.rlim_max
        guard setrlimit(resource, &limit) == 0 else { return }
        logger.debug("files.raised", metadata: ["from": "\(before)", "to": "\(limit.rlim_cur)"])
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}
