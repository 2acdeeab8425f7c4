import Logging
import NIOCore

/// Finds the primary as the guidelines for Sentinel clients say: Sentinels are asked in turn with a short timeout, the
/// first answer counts, and the server that it names must itself say that it is a primary.
///
/// Confined to its event loop. Links that ask while a search is under way share its result. While links are joined it
/// also listens to one Sentinel and tells them about a failover at once.
final class SentinelSource: RedisSource {
    private let address: SentinelAddress
    private let configuration: RedisLinkConfiguration
    private let loop: any EventLoop
    private let logger: Logger
    private var rotation: SentinelRotation
    private let question: SentinelQuestion
    private var watch: SentinelWatch?
    private var observers: [Observer] = []
    private var waiting: [(Result<RedisURL, RedisError>) -> Void] = []
    private var primary: RedisEndpoint?

    private struct Observer {
        weak var object: (any RedisSourceObserver)?
    }

    init(
        _ address: SentinelAddress, configuration: RedisLinkConfiguration, on loop: any EventLoop, logger: Logger
    ) {
        var configuration = configuration
        configuration.connectTimeout = configuration.sentinelTimeout
        configuration.commandTimeout = configuration.sentinelTimeout
        configuration.prelude = []
        configuration.clientName = configuration.clientName.map { $0 + "-sentinel" }
        self.address = address
        self.configuration = configuration
        self.loop = loop
        self.logger = logger
        rotation = SentinelRotation(address.sentinels)
        question = SentinelQuestion(address, configuration: configuration, loop: loop)
    }

    let mustBePrimary = true

    func join(_ observer: any RedisSourceObserver) {
        loop.assertInEventLoop()
        observers.append(Observer(object: observer))
        guard watch == nil else { return }
        watch = SentinelWatch(
            address, configuration: configuration, loop: loop, logger: logger,
            onMove: { [weak self] in self?.moved(to: $0, says: $1) },
            onListening: { [weak self] in self?.locate { _ in } })
    }

    func leave(_ observer: any RedisSourceObserver) {
        loop.assertInEventLoop()
        observers.removeAll { $0.object == nil || $0.object === observer }
        guard observers.isEmpty else { return }
        watch?.close()
        watch = nil
    }

    func locate(_ completion: @escaping (Result<RedisURL, RedisError>) -> Void) {
        loop.assertInEventLoop()
        waiting.append(completion)
        if waiting.count == 1 { ask(rotation.order[...], after: nil) }
    }

    private func ask(_ sentinels: ArraySlice<RedisEndpoint>, after failure: RedisError?) {
        guard let sentinel = sentinels.first else {
            let reason = failure.map { "\($0)" } ?? "none is named"
            return answer(.failure(.connectFailed("no Sentinel names the primary: \(reason)")))
        }
        question.ask(sentinel) { result in
            switch result {
            case .failure(let error): self.ask(sentinels.dropFirst(), after: error)
            case .success(let place):
                self.rotation.promote(sentinel)
                self.found(place)
                self.answer(.success(self.address.dataServer(place)))
            }
        }
    }

    private func answer(_ result: Result<RedisURL, RedisError>) {
        let completions = waiting
        waiting = []
        for completion in completions { completion(result) }
    }

    /// The Sentinel that knew first is asked first: another one may still name the old primary.
    private func moved(to place: RedisEndpoint, says sentinel: RedisEndpoint) {
        rotation.promote(sentinel)
        found(place)
    }

    private func found(_ place: RedisEndpoint) {
        guard place != primary else { return }
        primary = place
        logger.info(
            "redis.primary",
            metadata: ["name": "\(address.primaryName)", "host": "\(place.host)", "port": "\(place.port)"])
        let url = address.dataServer(place)
        for observer in observers { observer.object?.sourceMoved(to: url) }
    }
}
