import NIOCore
import NIOPosix

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A small HTTP/1.1 client: one request per connection, to one node, over plain TCP.
struct NodeClient: Equatable {
    let host: String
    let port: Int
    /// Path and query of the address.
    let target: String

    /// Why there is no answer.
    enum Failure: Error {
        case unreachable
        case timeout
        case notHTTP

        var sentence: String {
            switch self {
            case .unreachable: "no connection"
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

    /// Nil unless `url` is an `http` address with a host.
    init?(url: String) {
        guard let parts = URLComponents(string: url), parts.scheme == "http", let host = parts.host, !host.isEmpty
        else { return nil }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = parts.port ?? 80
        target =
            (parts.percentEncodedPath.isEmpty ? "/" : parts.percentEncodedPath)
            + (parts.percentEncodedQuery.map { "?" + $0 } ?? "")
    }

    /// Asks for the address itself.
    func answer(timeoutMs: Int) async throws(Failure) -> HTTPAnswer {
        try await answer(to: Request(target: target), timeoutMs: timeoutMs)
    }

    func answer(to request: Request, timeoutMs: Int) async throws(Failure) -> HTTPAnswer {
        let timeout = TimeAmount.milliseconds(Int64(timeoutMs))
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(timeout)
                .connect(host: host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel(wrappingChannelSynchronously: channel)
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
        let progress = try? await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            return try await Self.read(inbound)
        }
        switch progress {
        case .complete(let answer): return answer
        case .notHTTP: throw .notHTTP
        case .incomplete, nil: throw .timeout
        }
    }

    private func text(of request: Request) -> String {
        let authority = host.contains(":") ? "[\(host)]" : host
        var text = "\(request.method) \(request.target) HTTP/1.1\r\nHost: \(authority):\(port)\r\nConnection: close\r\n"
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
