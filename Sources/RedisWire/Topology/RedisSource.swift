/// Where the links of one Redis find their server, asked anew at each dial.
///
/// Confined to the event loop of the links that share it, which keep it alive.
public protocol RedisSource {
    /// True when a server must say that it is a primary (`ROLE`) before a link uses it.
    var mustBePrimary: Bool { get }

    /// Finds the server. A failure is the reason of a link that is down; the link pauses and asks again.
    ///
    /// - Parameter completion: Called exactly once, on the loop, possibly before this returns.
    func locate(_ completion: @escaping (Result<RedisURL, RedisError>) -> Void)

    /// Has an observer told, until it leaves, when the server is another one than before; it is not kept alive.
    func join(_ observer: any RedisSourceObserver)

    /// The end of ``join(_:)``.
    func leave(_ observer: any RedisSourceObserver)
}

/// Uses what a source finds.
public protocol RedisSourceObserver: AnyObject {
    /// The primary is now another server: a connection to the old one is of no use, however healthy it looks.
    func sourceMoved(to url: RedisURL)
}

/// A server that never moves.
struct FixedSource: RedisSource {
    private let url: RedisURL

    init(_ url: RedisURL) {
        self.url = url
    }

    var mustBePrimary: Bool { false }

    func locate(_ completion: @escaping (Result<RedisURL, RedisError>) -> Void) {
        completion(.success(url))
    }

    func join(_ observer: any RedisSourceObserver) {}

    func leave(_ observer: any RedisSourceObserver) {}
}
