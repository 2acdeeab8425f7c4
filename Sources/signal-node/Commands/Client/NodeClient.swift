import NIOCore
import NIOPosix
import NIOSSL

/// A small HTTP/1.1 client: one request per connection, to one node, over TCP or TLS.
struct NodeClient {
    let address: NodeAddress
    /// PEM file of the authorities that may vouch for an `https` address; nil = those of the system.
    var trustRootsFile: String?

    /// Why there is no answer.
    enum Failure: Error, Equatable {
        case unreachable
        /// The server could not prove who it is, or the authorities cannot be read.
        case untrusted
        case timeout
        case notHTTP

        var sentence: String {
            switch self {
            case .unreachable: "no connection"
            case .untrusted: "no TLS with a certificate that is trusted"
            case .timeout: "no answer in time"
            case .notHTTP: "the answer is not HTTP"
            }
        }
    }

    /// One request; its description hides the token.
    struct Request: CustomStringConvertible {
        var method = "GET"
        var target: String
        /// A JSON text.
        var body: String?
        var token: String?

        var description: String { "\(method) \(target)" }
    }

    /// Nil unless `url` is an `http` or `https` address with a host.
    init?(url: String, trustRootsFile: String? = nil) {
        guard let address = NodeAddress(url: url) else { return nil }
        self.address = address
        self.trustRootsFile = trustRootsFile
    }

    /// Asks for the address itself.
    func answer(timeoutMs: Int) async throws(Failure) -> HTTPAnswer {
        try await answer(to: Request(target: address.target), timeoutMs: timeoutMs)
    }

    func answer(to request: Request, timeoutMs: Int) async throws(Failure) -> HTTPAnswer {
        let timeout = TimeAmount.milliseconds(Int64(timeoutMs))
        let context = try context()
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(timeout)
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let context {
                            try channel.pipeline.syncOperations.addHandler(Self.tls(context, to: address.host))
                        }
                        return try NIOAsyncChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw .unreachable
        }
        // Closing the channel ends the reading below: the deadline needs no second task.
        let deadline = channel.channel.eventLoop.scheduleTask(in: timeout) { [channel = channel.channel] in
            channel.close(promise: nil)
        }
        defer { deadline.cancel() }
        let text = text(of: request)
        let progress: HTTPAnswer.Progress
        do {
            progress = try await channel.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(string: text))
                return try await Self.read(inbound)
            }
        } catch is NIOSSLError, is NIOSSLExtraError, is BoringSSLError {
            throw .untrusted
        } catch {
            throw .timeout
        }
        switch progress {
        case .complete(let answer): return answer
        case .notHTTP: throw .notHTTP
        case .incomplete: throw .timeout
        }
    }

    /// Nil for an `http` address.
    private func context() throws(Failure) -> NIOSSLContext? {
        guard address.isTLS else { return nil }
        do {
            var configuration = TLSConfiguration.makeClientConfiguration()
            if let trustRootsFile {
                configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(trustRootsFile))
            }
            return try NIOSSLContext(configuration: configuration)
        } catch {
            throw .untrusted
        }
    }

    /// The name is verified in any case; an address cannot be asked for by name (RFC 6066 §3).
    private static func tls(_ context: NIOSSLContext, to host: String) throws -> NIOSSLClientHandler {
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: context, serverHostname: isAddress ? nil : host)
    }

    private func text(of request: Request) -> String {
        var text = "\(request.method) \(request.target) HTTP/1.1\r\nHost: \(address.authority)\r\nConnection: close\r\n"
        if let token = request.token { text += "Authorization: Bearer \(token)\r\n" }
        if let body = request.body {
            text += "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        } else {
            text += request.method == "POST" ? "Content-Length: 0\r\n\r\n" : "\r\n"
        }
        return text
    }

    private static func read(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>
    ) async throws -> HTTPAnswer.Progress {
        var received = ByteBuffer()
        var progress = HTTPAnswer.Progress.incomplete
        for try await part in inbound {
            received.writeImmutableBuffer(part)
            progress = HTTPAnswer.read(received)
            if case .incomplete = progress { continue }
            return progress
        }
        return progress
    }
}
