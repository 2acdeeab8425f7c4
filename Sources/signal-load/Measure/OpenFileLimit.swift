import Foundation

/// How many files and sockets this process may have open (`RLIMIT_NOFILE`).
enum OpenFileLimit {
    /// Raises the limit, the hard one too if the process may.
    static func raise(to needed: Int) throws {
        var limit = rlimit()
        getrlimit(resource, &limit)
        guard limit.rlim_cur < rlim_t(needed) else { return }
        let hard = limit.rlim_max
        limit.rlim_cur = rlim_t(needed)
        limit.rlim_max = max(hard, rlim_t(needed))
        guard setrlimit(resource, &limit) == 0 else {
            throw OpenFilesLacking(needed: needed, hard: Int(clamping: hard))
        }
    }

    #if canImport(Glibc)
        private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
        private static let resource = RLIMIT_NOFILE
    #endif
}

struct OpenFilesLacking: Error, CustomStringConvertible {
    let needed: Int
    let hard: Int
    var description: String { "this needs \(needed) open files, and the hard limit is \(hard): raise it (ulimit -Hn)" }
}
