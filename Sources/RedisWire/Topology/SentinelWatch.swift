import Logging
import NIOCore

/// Listens to one Sentinel at a time for `+switch-master`, so that a failover is known when it happens and not only when
/// an old connection has been silent for too long.
///
/// Confined to its event loop. It goes on to the next Sentinel whenever one is lost, until ``close()``.
final class SentinelWatch {
    private let seats: Seats
    private let link: RedisSubscriptionLink

    /// - Parameters:
    ///   - onMove: Called with the new place of the primary and the Sentinel that told it.
    ///   - onListening: Called whenever a Sentinel is listened to anew: a move may have been missed before.
    init(
        _ address: SentinelAddress, configuration: RedisLinkConfiguration, loop: any EventLoop, logger: Logger,
        onMove: @escaping (RedisEndpoint, _ sentinel: RedisEndpoint) -> Void, onListening: @escaping () -> Void
    ) {
        let seats = Seats(address)
        self.seats = seats
        // A lost Sentinel must not be read as a lost Redis.
        var logger = logger
        logger[metadataKey: "link"] = "sentinel"
        link = RedisSubscriptionLink(
            source: seats, configuration: configuration, on: loop, logger: logger,
            channels: { [SentinelAnswer.channel] },
            onStateChange: { if case .up = $0 { onListening() } },
            onMessage: { _, message in
                let place = SentinelAnswer.newPrimary(in: message.readableBytesView, of: address.primaryName)
                guard let place, let sentinel = seats.current else { return }
                onMove(place, sentinel)
            })
        link.start()
    }

    func close() {
        link.close()
    }

    /// The Sentinels as the source of the link.
    private final class Seats: RedisSource {
        private let address: SentinelAddress
        private var rotation: SentinelRotation
        private(set) var current: RedisEndpoint?

        init(_ address: SentinelAddress) {
            self.address = address
            rotation = SentinelRotation(address.sentinels)
        }

        let mustBePrimary = false

        func locate(_ completion: @escaping (Result<RedisURL, RedisError>) -> Void) {
            current = rotation.next()
            guard let current else { return completion(.failure(.connectFailed("no Sentinel is named"))) }
            completion(.success(address.sentinel(current)))
        }

        func join(_ observer: any RedisSourceObserver) {}

        func leave(_ observer: any RedisSourceObserver) {}
    }
}
