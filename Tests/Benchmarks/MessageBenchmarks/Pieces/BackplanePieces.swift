import Backplane
import NIOCore
import RedisWire
import SignalDomain

/// One message between two nodes: the batch that carries it, and what Redis makes of that.
extension Benchmark {
    static let inboxEncode = Benchmark("inbox-encode", "180 B candidate put in a batch", workPerMessage: batchBytes) {
        let frame = InboxFrame.broadcast(try Sample.room(), from: try Sample.peer(1), payload: Sample.candidate())
        return { messages in
            var done = 0
            for _ in 0..<messages {
                var batch = InboxBatch(capacity: Sample.candidateBytes + 128)
                batch.append(frame)
                done += batch.bytes.readableBytes
            }
            return done
        }
    }

    static let inboxDecode = Benchmark(
        "inbox-decode", "180 B candidate taken from a batch", workPerMessage: Sample.candidateBytes
    ) {
        let bytes = try batch()
        return { messages in
            var done = 0
            for _ in 0..<messages {
                var reader = InboxReader(bytes)
                while case .broadcast(_, _, let payload)? = reader.next() { done += payload.readableBytes }
            }
            return done
        }
    }

    /// Version, length, type, `bench::room` and `peer-1` behind their lengths, and the candidate.
    private static let batchBytes = 1 + 4 + 1 + 2 + 11 + 2 + 6 + Sample.candidateBytes

    private static func batch() throws -> ByteBuffer {
        var batch = InboxBatch()
        batch.append(.broadcast(try Sample.room(), from: try Sample.peer(1), payload: Sample.candidate()))
        return batch.bytes
    }

    /// What a subscriber is sent for one batch (RESP2 `message`).
    static let replyReader = Benchmark(
        "reply-reader", "one message of a Redis subscription read", workPerMessage: batchBytes
    ) {
        let bytes = try batch()
        let channel = "bs:inbox:0123456789abcdef"
        var push = ByteBuffer(
            string: "*3\r\n$7\r\nmessage\r\n$\(channel.utf8.count)\r\n\(channel)\r\n$\(batchBytes)\r\n")
        push.writeImmutableBuffer(bytes)
        push.writeString("\r\n")
        guard let reader = ReplyReader(maxReplyBytes: 1 << 20) else { throw RedisError.protocolViolation("no reader") }
        return { [push] messages in
            var done = 0
            for _ in 0..<messages {
                try reader.feed(push)
                while let reply = try reader.next() { done += reply.array?.last?.bytes?.readableBytes ?? 0 }
            }
            return done
        }
    }
}
