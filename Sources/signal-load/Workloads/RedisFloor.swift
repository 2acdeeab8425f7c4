import NIOCore

/// Publishes at a fixed rate on one connection to Redis and times each message at a subscriber on another.
///
/// Confined to one event loop.
final class RedisFloor {
    private(set) var latency = Histogram()
    private(set) var failure: String?

    private let loop: any EventLoop
    private let perSecond: Double
    private let wire: FloorWire
    private var publisher: (any Channel)?
    private var pace: OpenLoopPace?
    private var isRecording = false

    init(wire: FloorWire, perSecond: Double, loop: any EventLoop) {
        (self.wire, self.perSecond, self.loop) = (wire, perSecond, loop)
    }

    func start(on publisher: any Channel) {
        self.publisher = publisher
        pace = OpenLoopPace(start: NIODeadline.now().uptimeNanoseconds, perSecond: perSecond)
        publishDue()
    }

    func beginRecording() { isRecording = true }

    func stop() {
        isRecording = false
        pace = nil
    }

    func receive(due: UInt64) {
        let now = NIODeadline.now().uptimeNanoseconds
        if isRecording { latency.record(now - min(due, now)) }
    }

    func fail(_ reason: String) {
        failure = failure ?? reason
        stop()
    }

    private func publishDue() {
        let now = NIODeadline.now().uptimeNanoseconds
        while let due = pace?.take(by: now) {
            publisher?.writeAndFlush(wire.publish(due: due), promise: nil)
        }
        guard let next = pace?.nextDue else { return }
        let floor = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(deadline: .uptimeNanoseconds(next)) { floor.value.publishDue() }
    }
}

/// What both connections say, in RESP2: every message has the same length, so none has to be parsed.
struct FloorWire: Sendable {
    private let channel: String
    private let filler: String
    private let payloadBytes: Int

    init(channel: String, payloadBytes: Int) {
        (self.channel, self.payloadBytes) = (channel, payloadBytes)
        filler = String(repeating: "x", count: payloadBytes - Stamp.timeDigits)
    }

    private var channelArgument: String { "$\(channel.utf8.count)\r\n\(channel)\r\n" }

    var subscribe: ByteBuffer { ByteBuffer(string: "*2\r\n$9\r\nSUBSCRIBE\r\n\(channelArgument)") }

    /// Redis' answer to `subscribe`.
    var confirmation: [UInt8] { Array("*3\r\n$9\r\nsubscribe\r\n\(channelArgument):1\r\n".utf8) }

    /// What comes before the payload of every message.
    var messageHead: [UInt8] { Array("*3\r\n$7\r\nmessage\r\n\(channelArgument)$\(payloadBytes)\r\n".utf8) }

    /// - Parameter due: monotonic nanoseconds, the first digits of the payload.
    func publish(due: UInt64) -> ByteBuffer {
        var buffer = ByteBuffer(string: "*3\r\n$7\r\nPUBLISH\r\n\(channelArgument)$\(payloadBytes)\r\n")
        buffer.writeBytes(Hexadecimal.digits(of: due, count: Stamp.timeDigits))
        buffer.writeString("\(filler)\r\n")
        return buffer
    }

    /// Takes the due time of the next message; nil while it is incomplete.
    func readMessage(from buffer: inout ByteBuffer, head: [UInt8]) throws(RedisReplyError) -> UInt64? {
        let length = head.count + payloadBytes + 2
        guard buffer.readableBytes >= length else { return nil }
        let due = buffer.withUnsafeReadableBytes { bytes in
            bytes.starts(with: head)
                ? Hexadecimal.read(bytes[head.count..<head.count + Stamp.timeDigits]) : nil
        }
        guard let due else { throw .unexpected }
        buffer.moveReaderIndex(forwardBy: length)
        return due
    }
}
