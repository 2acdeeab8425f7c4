import NIOCore
import NIOEmbedded
import NIOHTTP1
import SignalDomain
import SignalNode
import SignalTransport

/// The HTTP request decoder and everything that reads a request head: target, query, Host, the handshake, names.
///
/// Promises: no trap; the same requests however the bytes are cut into packets; a handshake without fault has a version,
/// a key and a Host that can be part of a URL; a room name that is taken reads back from its text.
struct HTTPFuzz: FuzzTarget {
    private static let mutator = Mutator([
        "\r\n", "\r\n\r\n", "\n", " ", ":", "?", "&", "=", "%", "%00", "%ff", "+", "#", "[", "]", "HTTP/1.1",
        "HTTP/2.0",
        "GET ", "CONNECT ", "Host: ", "Host: [\r\n", "Upgrade: websocket\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Transfer-Encoding: chunked\r\n", "Sec-WebSocket-Protocol: bs.bearer.%%\r\n", "\u{0}", "é", "ws://",
        "X-Forwarded-For: ,,",
    ])
    private static let targets = [
        "/signal", "/signal?room=r&namespace=n&peerId=p", "/signal?room=%E2%82%AC&token=t", "/health", "*", "//",
        "/?&=&%",
        "http://h/signal?room=1", "/signal?closeCode=1&room=a::b", "/topics",
        "/peerjs?key=peerjs&id=a%20b&token=t", "/peerjs/peerjs?key=k&id=~",
    ]

    func run(_ random: inout FuzzRandom) throws(Finding) -> Bool {
        var bytes = Self.request(&random)
        if random.chance(20) { bytes += Self.request(&random) }
        if random.chance(80) { Self.mutator.mutate(&bytes, &random) }
        let heads = Self.heads(of: [bytes[...]])
        guard heads == Self.heads(of: random.pieces(bytes)) else {
            throw Finding("packets do not change what a request means", bytes)
        }
        for head in heads { try Self.check(head, bytes) }
        return !heads.isEmpty
    }

    private static func check(_ head: HTTPRequestHead, _ bytes: [UInt8]) throws(Finding) {
        if let host = HostField(head.headers["host"]), !host.text.utf8.allSatisfy({ (0x2D...0x7A).contains($0) }) {
            throw Finding("a Host can be part of a URL", bytes)
        }
        guard let target = RequestTarget(head.uri) else { return }
        guard target.path.utf8.first == UInt8(ascii: "/") else { throw Finding("a path begins with a slash", bytes) }
        guard let upgrade = UpgradeRequest(head, target: target) else { return }
        let request = upgrade.handshake(client: ClientAddress(ipv4: 1))
        guard upgrade.fault == nil else { return }
        guard head.version == .http1_1, head.headers["sec-websocket-version"] == ["13"],
            head.headers["sec-websocket-key"].map(\.utf8.count) == [24], HostField(head.headers["host"]) != nil
        else { throw Finding("a handshake without fault has version, key and Host", bytes) }
        guard let room = try? RoomKey(namespace: request.namespace, room: request.room) else { return }
        guard RoomKey(text: room.text) == room else { throw Finding("a room reads back from its text", bytes) }
    }

    private static func request(_ random: inout FuzzRandom) -> [UInt8] {
        var text =
            random.pick(["GET", "GET", "GET", "POST", "OPTIONS", "G"]) + " " + random.pick(targets) + " HTTP/1.1\r\n"
        let fields = [
            "Host: example.org:8787", "Upgrade: websocket", "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        for field in fields where random.chance(95) { text += field + "\r\n" }
        if random.chance(40) { text += "Sec-WebSocket-Protocol: browser-sync.v2, bs.bearer.dG9rZW4\r\n" }
        if random.chance(30) { text += "Authorization: Bearer \(random.next())\r\n" }
        if random.chance(20) { text += "X-Forwarded-For: 1.2.3.4, \(random.below(999)).1.1.1\r\n" }
        return Array((text + "\r\n").utf8)
    }

    private static func heads(of packets: [ArraySlice<UInt8>]) -> [HTTPRequestHead] {
        let channel = EmbeddedChannel()
        let reader = HeadReader()
        do {
            try channel.pipeline.syncOperations.addHandlers([
                ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)), reader,
            ])
        } catch { return [] }
        for packet in packets { _ = try? channel.writeInbound(ByteBuffer(bytes: packet)) }
        _ = try? channel.finish()
        return reader.heads
    }
}

/// Collects request heads up to the first error.
private final class HeadReader: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private(set) var heads: [HTTPRequestHead] = []
    private var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isOver, case .head(let head) = unwrapInboundIn(data) else { return }
        heads.append(head)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { isOver = true }
}
