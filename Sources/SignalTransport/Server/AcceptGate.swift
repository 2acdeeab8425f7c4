import NIOCore
import SignalDomain

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Stops accepting while the node has all the sockets it can carry, or took as many within a second as it should; clients
/// wait in the kernel's backlog meanwhile.
///
/// Confined to the listening channel's event loop; it reads the census, which is atomic.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    /// The share of the process's file descriptors that sockets may take, in percent.
    static let descriptorPercent = 90
    /// What is left for event loops, Redis and files at least.
    static let reservedDescriptors = 32
    /// How soon a closed gate looks again.
    private static let pause = TimeAmount.milliseconds(50)
    /// How soon it looks again at the earliest when it waits for the bucket: who waited meanwhile comes in one turn.
    private static let shortestPause = TimeAmount.milliseconds(10)

    private let census: SocketCensus
    private let limit: Int
    private let perSecond: Int
    private var accepted: TokenBucket
    /// Accepted sockets for which the bucket has had no token yet: the kernel hands over several at once.
    private var owed = 0
    private var isWaiting = false

    /// - Parameters:
    ///   - limit: the most open sockets.
    ///   - perSecond: the most new ones, in a burst and on the average; 0 = no limit.
    init(census: SocketCensus, limit: Int, perSecond: Int) {
        self.census = census
        self.limit = limit
        self.perSecond = perSecond
        accepted = TokenBucket(size: perSecond, nowMs: Self.nowMs)
    }

    private static var nowMs: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if perSecond > 0 { owed += 1 }
        context.fireChannelRead(data)
    }

    /// Pays for what was accepted.
    ///
    /// - Returns: how long the next look at the backlog has to wait.
    private func settle() -> TimeAmount {
        while owed > 0 {
            switch accepted.take(size: perSecond, refillMs: 1_000, nowMs: Self.nowMs) {
            case .admitted: owed -= 1
            case .refused(let retryAfterMs): return max(.milliseconds(retryAfterMs), Self.shortestPause)
            }
        }
        return .zero
    }

    /// The most sockets: what is configured (0 = nothing), and never more than the descriptors allow.
    static func limit(configured: Int) -> Int {
        let byDescriptors = limit(ofDescriptors: descriptorLimit)
        return configured > 0 ? min(configured, byDescriptors) : byDescriptors
    }

    static func limit(ofDescriptors count: Int) -> Int {
        max(
            1, min(count / 100 * descriptorPercent + count % 100 * descriptorPercent / 100, count - reservedDescriptors)
        )
    }

    func read(context: ChannelHandlerContext) {
        let rest = settle()
        let pause = census.open >= limit ? Self.pause : rest
        guard pause > .zero else {
            context.read()
            return
        }
        guard !isWaiting else { return }
        isWaiting = true
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.eventLoop.assumeIsolated().scheduleTask(in: pause) { [self] in
            isWaiting = false
            if context.value.channel.isActive { read(context: context.value) }
        }
    }

    /// Out of descriptors or memory: the channel would try again at once, and for ever, since what waits in the backlog
    /// keeps it readable. It looks away for a moment instead.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is IOError, let options = context.channel.syncOptions {
            try? options.setOption(.autoRead, value: false)
            let context = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.value.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) {
                guard context.value.channel.isActive else { return }
                try? context.value.channel.syncOptions?.setOption(.autoRead, value: true)
            }
        }
        context.fireErrorCaught(error)
    }

    private static var descriptorLimit: Int {
        var limit = rlimit()
        #if canImport(Glibc)
            let isKnown = getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        #else
            let isKnown = getrlimit(RLIMIT_NOFILE, &limit) == 0
        #endif
        return isKnown ? Int(clamping: limit.rlim_cur) : 1_024
    }
}
