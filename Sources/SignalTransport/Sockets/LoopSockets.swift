import NIOCore
import SignalDomain
import SignalNode

/// The sockets of one event loop, with the one timer that watches their deadlines and the one flush per turn.
///
/// Confined to its event loop: every method runs there. No socket owns a timer, so an idle socket costs no task.
final class LoopSockets {
    let loop: any EventLoop
    let settings: TransportSettings
    private let pulse: LoopPulse
    private var clock: LoopClock
    private var arrivals: UInt64 = 0
    private var requests = SlotList<RequestHeadGuard>()
    private var signals = SlotList<SignalChannelHandler>()
    private var unflushed: [SignalChannelHandler] = []
    private var isFlushScheduled = false
    private var timer: RepeatedTask?
    /// What the sockets of this loop write in this turn.
    var writes = TurnWrites()
    /// Where the sockets of this loop unmask small messages, one after the other.
    var scratch = ByteBuffer()

    init(loop: any EventLoop, settings: TransportSettings, pulse: LoopPulse) {
        self.loop = loop
        self.settings = settings
        self.pulse = pulse
        clock = LoopClock(startingAt: .now(), interval: settings.watchInterval)
    }

    /// The time of all deadlines of this loop's sockets.
    var now: NIODeadline { clock.now }

    /// A number for a connection that begins to wait; smaller = waits longer.
    func nextArrival() -> UInt64 {
        arrivals += 1
        return arrivals
    }

    func start() {
        let interval = settings.watchInterval
        let sockets = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
            sockets.value.tick(at: .now())
        }
    }

    func stop() {
        timer?.cancel()
        timer = nil
    }

    // MARK: Membership

    func insert(_ request: RequestHeadGuard) {
        requests.insert(request)
        let limit = settings.configuration.handshake.maxPending
        if limit > 0, settings.census.pending > limit { evictOldestPending(butNot: request) }
    }

    /// A WebSocket whose client has not said who it is counts like one that owes a request.
    func insertPending(_ signal: SignalChannelHandler) {
        settings.census.countPending(1)
        let limit = settings.configuration.handshake.maxPending
        if limit > 0, settings.census.pending > limit { evictOldestPending(butNot: signal) }
    }

    func remove(_ request: RequestHeadGuard) { requests.remove(request) }

    func insert(_ signal: SignalChannelHandler) {
        signals.insert(signal)
        settings.census.countSignal(1)
    }

    func remove(_ signal: SignalChannelHandler) {
        signals.remove(signal)
        settings.census.countSignal(-1)
    }

    // MARK: Time

    /// Lets every socket look at its deadlines.
    func tick(at real: NIODeadline) {
        pulse.beat(at: real)
        clock.advance(to: real)
        let now = clock.now
        for request in requests.elements { request.tick(now: now) }
        thinOut(now)
        for signal in signals.elements { signal.tick(now: now) }
    }

    // MARK: Flushing

    /// Flushes the socket once, after everything that this turn of the loop brings has been written.
    func flushLater(_ signal: SignalChannelHandler) {
        unflushed.append(signal)
        guard !isFlushScheduled else { return }
        isFlushScheduled = true
        loop.assumeIsolated().execute { self.flushAll() }
    }

    private func flushAll() {
        isFlushScheduled = false
        var batch: [SignalChannelHandler] = []
        swap(&batch, &unflushed)
        for signal in batch { signal.flushNow() }
        // The array is used again while no flush has asked for another one.
        batch.removeAll(keepingCapacity: true)
        if unflushed.isEmpty { swap(&batch, &unflushed) }
    }

    // MARK: Pressure

    /// What waits for the slowest reader of this loop, in bytes.
    var largestQueueBytes: Int { max(slowestSignal?.queuedBytes ?? 0, slowestRequest?.unreadBytes ?? 0) }

    /// The node's outbound budget is spent: the largest queue of this loop is cut off.
    func cutLargestQueue() {
        let (signal, request) = (slowestSignal, slowestRequest)
        if let request, request.unreadBytes > signal?.queuedBytes ?? 0 {
            request.giveUp()
        } else if let signal, signal.queuedBytes > 0 {
            settings.node.metrics.slowConsumerClosed()
            signal.cutOff(.slowConsumer)
        }
    }

    private var slowestSignal: SignalChannelHandler? { signals.elements.max { $0.queuedBytes < $1.queuedBytes } }
    private var slowestRequest: RequestHeadGuard? { requests.elements.max { $0.unreadBytes < $1.unreadBytes } }

    /// Too many sockets have said nothing complete: the one that has waited longest goes, so that new ones get their
    /// chance.
    private func evictOldestPending(butNot newest: AnyObject) {
        let request = requests.elements.lazy.filter { $0.isPending && $0 !== newest }.min { $0.arrival < $1.arrival }
        let signal = signals.elements.lazy.filter { $0.isPending && $0 !== newest }.min { $0.arrival < $1.arrival }
        switch (request, signal) {
        case (let request?, let signal?) where signal.arrival < request.arrival: signal.cutOff(.overloaded)
        case (let request?, _): request.evict()
        case (nil, let signal?): signal.cutOff(.overloaded)
        case (nil, nil): break
        }
    }

    /// No address may have more silent sockets on the node than it may have connections; the oldest go. A moment is
    /// free: whoever opens many at once and speaks hears 429.
    private func thinOut(_ now: NIODeadline) {
        let rates = settings.configuration.rates
        guard rates.connectionsPerIP > 0, !rates.dryRun, settings.census.pending > rates.connectionsPerIP else {
            return
        }
        let silent = requests.elements.filter { $0.isPending && now - $0.waitingSince >= .seconds(1) }
        for request in silent.sorted(by: { $0.arrival < $1.arrival }) { request.makeRoom() }
    }

    /// Ends every socket: gracefully with a closing handshake or after the running answer, else at once.
    func shutDown(_ reason: CloseOnShutdown) {
        for request in requests.elements where reason == .atOnce || request.isPending { request.evict() }
        for signal in signals.elements {
            switch reason {
            case .gracefully: signal.close(.draining)
            case .atOnce: signal.cutOff(.draining)
            }
        }
    }

    enum CloseOnShutdown: Sendable { case gracefully, atOnce }
}
