import NIOCore
import NIOPosix

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The smallest HTTP/1.1 client: one GET, of whose answer only the status line is read.
struct HealthProbe: Equatable {
    let host: String
    let port: Int
    let target: String

    /// Why there is no status.
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

    /// The status code of the answer.
    func status(timeoutMs: Int) async throws(Failure) -> Int {
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
        let line = try? await channel.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: request))
            return try await Self.statusLine(inbound)
        }
        guard let line, !line.isEmpty else { throw .timeout }
        guard let status = Self.status(of: line) else { throw .notHTTP }
        return status
    }

    private var request: String {
        let authority = host.contains(":") ? "[\(host)]" : host
        return "GET \(target) HTTP/1.1\r\nHost: \(authority):\(port)\r\nConnection: close\r\n\r\n"
    }

    private static func statusLine(_ inbound: NIOAsyncChannelInboundStream<ByteBuffer>) async throws -> String {
        var received = ByteBuffer()
        for try await part in inbound {
            received.writeImmutableBuffer(part)
            if received.readableBytesView.contains(UInt8(ascii: "\n")) || received.readableBytes > 4_096 { break }
        }
        return String(buffer: received).split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    }

    /// `HTTP/1.1 200 OK` → 200
    static func status(of line: String) -> Int? {
        let parts = line.split(separator: " ")
        guard parts.count >= 2, parts[0].hasPrefix("HTTP/1."), parts[1].utf8.count == 3 else { return nil }
        return Int(parts[1])
    }
}
