import NIOCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Stops accepting while the node has all the sockets it can carry; clients wait in the kernel's backlog meanwhile.
///
/// Confined to the listening channel's event loop; it reads the census, which is atomic.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias OutboundIn = Never

    /// The share of the process's file descriptors that sockets may take, in percent.
    static let descriptorPercent = 90
    /// How soon a closed gate looks again.
    private static let pause = TimeAmount.milliseconds(50)

    private let census: SocketCensus
    private let limit: Int
    private var isWaiting = false

    init(census: SocketCensus, limit: Int) {
        self.census = census
        self.limit = limit
    }

    /// The most sockets: what is configured (0 = nothing), and never more than the descriptors allow.
    static func limit(configured: Int) -> Int {
        let byDescriptors = descriptorLimit / 100 * descriptorPercent
        return configured > 0 ? min(configured, byDescriptors) : byDescriptors
    }

    func read(context: ChannelHandlerContext) {
        guard census.open >= limit else {
            context.read()
            return
        }
        guard !isWaiting else { return }
        isWaiting = true
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.value.eventLoop.assumeIsolated().scheduleTask(in: Self.pause) { [self] in
            isWaiting = false
            if context.value.channel.isActive { read(context: context.value) }
        }
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
