import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

@testable import signal_load

/// A small real dialect 2 server of one node: sessions that resume, directed signals with receipts, presence.
///
/// Loses on purpose what a test tells it to lose.
struct SessionRelay: Sendable {
    let port: Int
    let loop: any EventLoop
    private let state: NIOLoopBound<RelaySessions>
    private let listener: any Channel

    /// Runs `body` with a server that ends with it.
    static func serving<Result>(_ body: (SessionRelay) async throws -> Result) async throws -> Result {
        let relay = try await SessionRelay()
        do {
            let result = try await body(relay)
            try await relay.listener.close()
            return result
        } catch {
            try? await relay.listener.close()
            throw error
        }
    }

    /// Does something to the sessions, on their event loop.
    func control<Result: Sendable>(_ body: @escaping @Sendable (RelaySessions) -> Result) async throws -> Result {
        try await loop.submit { body(state.value) }.get()
    }

    private init() async throws {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let state = try await loop.submit { NIOLoopBound(RelaySessions(), eventLoop: loop) }.get()
        listener = try await ServerBootstrap(group: loop)
            .childChannelInitializer { channel in
                let upgrader = NIOWebSocketServerUpgrader(
                    shouldUpgrade: { channel, head in
                        var headers = HTTPHeaders()
                        headers.add(name: "Sec-WebSocket-Protocol", value: head.headers["Sec-WebSocket-Protocol"][0])
                        return channel.eventLoop.makeSucceededFuture(headers)
                    },
                    upgradePipelineHandler: { channel, _ in
                        channel.eventLoop.makeCompletedFuture {
                            try channel.pipeline.syncOperations.addHandler(RelaySocket(state.value))
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
final class RelaySessions {
    struct Unconfirmed {
        let id: String
        let from: String
        var sequence: Int
        let text: String
    }

    fileprivate(set) var sockets: [String: RelaySocket] = [:]
    /// Every peer that was ever here: none of them leaves.
    private var members: Set<String> = []
    fileprivate var waiting: [String: [Unconfirmed]] = [:]
    fileprivate var seen: Set<String> = []
    /// Forgets every session, so that none can be resumed.
    var forgetsSessions = false
    /// Confirms nothing to senders.
    var withholdsReceipts = false
    /// Every hello, as it came.
    fileprivate(set) var hellos: [String] = []

    /// Ends the socket of a peer: with a close frame, or without one.
    func end(_ peer: String, code: UInt16? = nil, reason: String = "") { sockets[peer]?.end(code, reason) }

    /// Says something to a peer.
    func tell(_ peer: String, _ text: String) { sockets[peer]?.send(text) }

    fileprivate func relay(id: String, to: String, from: RelaySocket) {
        let isNew = seen.insert("\(from.peer) \(id)").inserted
        if isNew {
            let text = #"{"type":"offer","id":"\#(id)","sourcePeerId":"\#(from.peer)","sourceSession":"\#(from.peer)""#
            waiting[to, default: []].append(Unconfirmed(id: id, from: from.peer, sequence: 0, text: text))
            if let receiver = sockets[to] { deliver(to: receiver) }
        }
        if !withholdsReceipts { from.send(#"{"type":"ack","id":"\#(id)","to":"\#(to)","level":"stored"}"#) }
    }

    /// Sends what the socket has not been sent yet.
    fileprivate func deliver(to socket: RelaySocket) {
        guard var list = waiting[socket.peer] else { return }
        for index in list.indices where list[index].sequence == 0 {
            socket.sequence += 1
            list[index].sequence = socket.sequence
            socket.send(list[index].text + #","seq":\#(socket.sequence)}"#)
        }
        waiting[socket.peer] = list
    }

    fileprivate func confirm(_ sequence: Int, by socket: RelaySocket) {
        for signal in waiting[socket.peer] ?? [] where signal.sequence > 0 && signal.sequence <= sequence {
            guard !withholdsReceipts else { continue }
            sockets[signal.from]?.send(
                #"{"type":"ack","id":"\#(signal.id)","to":"\#(socket.peer)","level":"received"}"#)
        }
        waiting[socket.peer]?.removeAll { $0.sequence > 0 && $0.sequence <= sequence }
    }

    fileprivate func greet(_ socket: RelaySocket, resumes: Bool) {
        members.insert(socket.peer)
        let others = members.subtracting([socket.peer]).map { #"{"peerId":"\#($0)"}"# }.joined(separator: ",")
        sockets[socket.peer] = socket
        let resumed = resumes && !forgetsSessions
        if !resumed { waiting[socket.peer] = nil }
        for index in waiting[socket.peer]?.indices ?? 0..<0 { waiting[socket.peer]?[index].sequence = 0 }
        socket.send(
            #"{"type":"welcome","node":"relay","resumed":\#(resumed),"members":[\#(others)],"v":1,"#
                + #""resume":{"token":"t","windowMs":30000},"heartbeatMs":25000}"#)
        deliver(to: socket)
        guard !resumed else { return }
        for other in sockets.values where other !== socket {
            other.send(#"{"type":"peer-joined","peerId":"\#(socket.peer)","v":2}"#)
        }
    }
}

final class RelaySocket: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    fileprivate var peer = ""
    fileprivate var sequence = 0
    private let sessions: RelaySessions
    private var context: ChannelHandlerContext?

    init(_ sessions: RelaySessions) {
        self.sessions = sessions
    }

    func send(_ text: String) {
        let frame = WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text))
        context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
    }

    func end(_ code: UInt16?, _ reason: String) {
        if let code {
            var data = ByteBuffer(integer: code)
            data.writeString(reason)
            let frame = WebSocketFrame(fin: true, opcode: .connectionClose, data: data)
            context?.writeAndFlush(wrapOutboundOut(frame), promise: nil)
        } else {
            context?.close(promise: nil)
        }
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        if sessions.sockets[peer] === self { sessions.sockets[peer] = nil }
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        guard frame.opcode == .text else {
            if frame.opcode == .connectionClose { context.close(promise: nil) }
            return
        }
        let text = String(buffer: frame.unmaskedData)
        let object = (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
        switch object["type"] as? String {
        case "hello":
            peer = object["peerId"] as? String ?? ""
            sessions.hellos.append(text)
            sessions.greet(self, resumes: object["resume"] != nil)
        case "ack", "heartbeat": sessions.confirm(object["seq"] as? Int ?? 0, by: self)
        default:
            guard let to = object["to"] as? String else { return }
            if let id = object["id"] as? String {
                sessions.relay(id: id, to: to, from: self)
            } else if let number = object["n"] as? Int {
                sessions.tell(to, #"{"type":"candidate","sourcePeerId":"\#(peer)","n":\#(number)}"#)
            }
        }
    }
}
