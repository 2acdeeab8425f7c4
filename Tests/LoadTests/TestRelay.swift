import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

@testable import signal_load

/// What the relay does wrong on purpose, counted over all its deliveries.
enum SeededFault: Sendable {
    case none
    /// Every n-th delivery never leaves.
    case drop(every: Int)
    /// Every n-th delivery leaves twice.
    case duplicate(every: Int)
    /// Every n-th delivery leaves after the next one of the same sender to the same receiver.
    case swap(every: Int)
    /// After every n-th delivery the relay does nothing at all for a while.
    case stall(every: Int, milliseconds: UInt32)
}

/// A small real server that speaks each dialect on a path of its own.
///
/// `/signal`: welcome, then every text goes to the others of the room with the four fields spliced in. `/room/NAME`: as it
/// is, to the others. `/echo/NAME`: to the sender too. `/topics`: y-webrtc's publish and subscribe.
struct TestRelay: Sendable {
    let port: Int
    private let state: NIOLoopBound<RelayRooms>
    let loop: any EventLoop
    private let listener: any Channel

    var url: String { url("/signal") }

    func url(_ path: String) -> String { "ws://127.0.0.1:\(port)\(path)" }

    /// Runs `body` with a server that ends with it.
    static func serving<Result>(
        _ fault: SeededFault = .none, sharing other: TestRelay? = nil, _ body: (TestRelay) async throws -> Result
    ) async throws -> Result {
        let relay = try await TestRelay(fault, sharing: other)
        do {
            let result = try await body(relay)
            try await relay.listener.close()
            return result
        } catch {
            try? await relay.listener.close()
            throw error
        }
    }

    /// How many deliveries have been spoilt.
    func injected() async throws -> Int {
        try await loop.submit { state.value.injected }.get()
    }

    /// - Parameter other: a relay whose rooms this one serves too, as a second node.
    private init(_ fault: SeededFault, sharing other: TestRelay?) async throws {
        let loop = other?.loop ?? MultiThreadedEventLoopGroup.singleton.next()
        let fresh = try await loop.submit { NIOLoopBound(RelayRooms(fault: fault), eventLoop: loop) }.get()
        let state = other?.state ?? fresh
        listener = try await ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 512)
            .childChannelInitializer { channel in
                let upgrader = NIOWebSocketServerUpgrader(
                    shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture(HTTPHeaders()) },
                    upgradePipelineHandler: { channel, head in
                        channel.eventLoop.makeCompletedFuture {
                            let handler = RelayHandler(rooms: state.value, uri: head.uri)
                            try channel.pipeline.syncOperations.addHandler(handler)
                        }
                    })
                return channel.pipeline.configureHTTPServerPipeline(
                    withServerUpgrade: (upgraders: [upgrader], completionHandler: { _ in }))
            }
            .bind(host: "127.0.0.1", port: 0).get()
        port = listener.localAddress?.port ?? 0
        (self.loop, self.state) = (loop, state)
    }
}

/// Confined to the relay's only loop.
private final class RelayRooms {
    private let fault: SeededFault
    private var rooms: [String: [RelayHandler]] = [:]
    private var deliveries = 0
    private(set) var injected = 0
    private var held: [String: ByteBuffer] = [:]

    init(fault: SeededFault) {
        self.fault = fault
    }

    func join(_ member: RelayHandler) {
        rooms[member.room, default: []].append(member)
    }

    func leave(_ member: RelayHandler) {
        rooms[member.room]?.removeAll { $0 === member }
    }

    func relay(_ text: ByteBuffer, from sender: RelayHandler) {
        var text = text
        if let members = sender.members(count: rooms[sender.room]?.count ?? 0) {
            text.moveWriterIndex(to: text.writerIndex - 1)
            text.writeString(members + "}")
        }
        for member in rooms[sender.room] ?? [] where member !== sender || sender.echoes {
            deliver(text, to: member, flow: "\(sender.peerId)>\(member.peerId)")
        }
    }

    private func deliver(_ text: ByteBuffer, to member: RelayHandler, flow: String) {
        // Who joins with a publication has to hear it.
        guard text.readableBytesView.firstRange(of: Stamp.key) != nil else { return member.send(text) }
        deliveries += 1
        if let earlier = held.removeValue(forKey: flow) {
            member.send(text)
            return member.send(earlier)
        }
        switch fault {
        case .drop(let every) where deliveries.isMultiple(of: every):
            injected += 1
        case .duplicate(let every) where deliveries.isMultiple(of: every):
            injected += 1
            member.send(text)
            member.send(text)
        case .swap(let every) where deliveries.isMultiple(of: every):
            injected += 1
            held[flow] = text
        case .stall(let every, let milliseconds) where deliveries.isMultiple(of: every):
            member.send(text)
            usleep(milliseconds * 1_000)
        default:
            member.send(text)
        }
    }
}

private final class RelayHandler: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private(set) var room: String
    let peerId: String
    private let path: Substring
    private let rooms: RelayRooms
    private var context: ChannelHandlerContext?

    init(rooms: RelayRooms, uri: String) {
        func query(_ name: String) -> String {
            uri.split(separator: "?").last?.split(separator: "&").first { $0.hasPrefix("\(name)=") }
                .map { String($0.dropFirst(name.count + 1)) } ?? ""
        }
        path = uri.prefix { $0 != "?" }
        let name = path.split(separator: "/").dropFirst().first.map(String.init)
        (self.rooms, room, peerId) = (rooms, name ?? query("room"), query("peerId"))
    }

    var echoes: Bool { path.hasPrefix("/echo/") || path == "/topics" }

    /// What the server adds to a message.
    func members(count: Int) -> String? {
        switch path {
        case "/signal":
            #","sourcePeerId":"\#(peerId)","namespace":"bench","room":"\#(room)","receivedAt":"2024-01-01T00:00:00.000Z""#
        case "/topics": #","clients":\#(count)"#
        default: nil
        }
    }

    func send(_ text: ByteBuffer) {
        context?.writeAndFlush(wrapOutboundOut(WebSocketFrame(fin: true, opcode: .text, data: text)), promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard path != "/topics" else { return }
        rooms.join(self)
        guard path == "/signal" else { return }
        send(
            ByteBuffer(
                string: #"{"type":"welcome","peerId":"\#(peerId)","namespace":"bench","room":"\#(room)","now":"-"}"#))
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        rooms.leave(self)
        self.context = nil
    }

    private func receive(_ text: ByteBuffer) {
        guard path == "/topics", String(buffer: text).hasPrefix(#"{"type":"subscribe""#) else {
            return rooms.relay(text, from: self)
        }
        let object = try? JSONSerialization.jsonObject(with: Data(text.readableBytesView)) as? [String: Any]
        room = (object?["topics"] as? [String])?.first ?? ""
        rooms.join(self)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: receive(frame.unmaskedData)
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }
}
