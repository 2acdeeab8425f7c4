import NIOCore

/// Asks one Sentinel where the primary is, over a connection of its own that ends with the answer.
///
/// Confined to the event loop of its dialer.
final class SentinelQuestion {
    private let address: SentinelAddress
    private var dialer: Dialer

    init(_ address: SentinelAddress, configuration: RedisLinkConfiguration, loop: any EventLoop) {
        self.address = address
        dialer = Dialer(configuration: configuration, loop: loop)
    }

    /// - Parameter completion: Called exactly once, on the loop.
    func ask(
        _ sentinel: RedisEndpoint, completion: @escaping (Result<RedisEndpoint, RedisError>) -> Void
    ) {
        let url = address.sentinel(sentinel)
        let greeting = Greeting(url: url, configuration: dialer.configuration)
        let command = SentinelAnswer.question(address.primaryName)
        let dialing = dialer.dial(url)
        dialing.assumeIsolated().whenComplete { result in
            switch result {
            case .failure(let error): completion(.failure(Dialer.reason(of: error)))
            case .success(let channel):
                guard let connection = try? channel.pipeline.syncOperations.handler(type: RedisConnection.self) else {
                    return completion(.failure(.connectionLost))
                }
                Self.converse(greeting, command, on: connection, completion)
            }
        }
    }

    private static func converse(
        _ greeting: Greeting, _ command: RedisCommand, on connection: RedisConnection,
        _ completion: @escaping (Result<RedisEndpoint, RedisError>) -> Void
    ) {
        var answer: Result<RedisEndpoint, RedisError>?
        // The end of the connection is the one event that always comes, and it knows the reason.
        connection.attend { reason in completion(answer ?? .failure(reason)) }
        connection.greet(greeting) {
            connection.send(command) { reply in
                answer = reply.flatMap(SentinelAnswer.primary)
                connection.end(.closed)
            }
        }
    }
}
