package import NIOCore
package import SignalDomain

/// The duties of a WebSocket server that frame decoding leaves open (RFC 6455 §5, §7): masks, reserved bits, control
/// frames, fragments, UTF-8 and the closing handshake.
///
/// A pure value: each frame gives at most one action, time is a parameter, and no input can trap. After `fail`,
/// `peerClosed` or `closeAnswered` it answers nothing any more.
package struct FrameRules {
    package struct Limits: Equatable, Sendable {
        /// Bytes of one message after assembly.
        package var maxMessageBytes: Int
        /// Frames of one message, empty ones included.
        package var maxFragments: Int
        /// From the first to the last frame of one message, in milliseconds.
        package var assemblyMs: Int
        /// Whether a binary message is taken as text (dialect 1); otherwise it closes with 1003.
        package var takesBinary: Bool
        /// Whether a binary message that is taken stays binary; only sessions that ask for it have that.
        package var keepsBinary: Bool

        package init(
            maxMessageBytes: Int = 262_144, maxFragments: Int = 256, assemblyMs: Int = 10_000, takesBinary: Bool = true,
            keepsBinary: Bool = false
        ) {
            self.maxMessageBytes = maxMessageBytes
            self.maxFragments = maxFragments
            self.assemblyMs = assemblyMs
            self.takesBinary = takesBinary
            self.keepsBinary = keepsBinary
        }
    }

    package enum Action: Equatable {
        case none
        /// A complete message, unmasked, valid UTF-8.
        case deliver(ByteBuffer)
        /// A complete binary message, unmasked, where binary stays binary.
        case deliverBinary(ByteBuffer)
        /// The payload of the pong that is due.
        case answerPing(ByteBuffer)
        /// The peer began the closing handshake; nil = its frame carried no code.
        case peerClosed(UInt16?)
        /// The peer answered our close frame.
        case closeAnswered(UInt16?)
        /// The connection is to be failed with this reason.
        case fail(CloseReason)
    }

    private enum Phase { case open, closeSent, ended }

    private struct Assembly {
        var bytes: ByteBuffer
        var fragments: Int
        let isText: Bool
        let startedAt: NIODeadline
    }

    private let limits: Limits
    private var phase = Phase.open
    private var assembly: Assembly?

    package init(limits: Limits) { self.limits = limits }

    /// Notes that our close frame is on its way: only the peer's close frame matters from now on.
    mutating func closeSent() {
        if phase == .open { phase = .closeSent }
        assembly = nil
    }

    /// The reason to close when a message has been arriving in pieces for too long.
    mutating func overdue(now: NIODeadline) -> CloseReason? {
        guard limits.assemblyMs > 0, let assembly,
            now - assembly.startedAt > .milliseconds(Int64(limits.assemblyMs))
        else { return nil }
        return end(.messageTooLarge)
    }

    /// Takes the next frame as `FrameReader` gives it.
    package mutating func receive(_ frame: Frame, now: NIODeadline) -> Action {
        guard phase != .ended else { return .none }
        guard !frame.hasReservedBits, frame.isMasked, let opcode = frame.opcode else {
            return .fail(end(.protocolError))
        }
        return frame.isControl ? receiveControl(frame, opcode) : receiveData(frame, opcode, now: now)
    }

    private mutating func receiveControl(_ frame: Frame, _ opcode: Frame.Opcode) -> Action {
        guard frame.isFinal, frame.payload.readableBytes <= ControlFrame.maxPayloadBytes else {
            return .fail(end(.protocolError))
        }
        switch opcode {
        case .ping: return phase == .open ? .answerPing(frame.payload) : .none
        case .close:
            switch ClosePayload(frame.payload) {
            case .valid(let code):
                let wasOpen = phase == .open
                phase = .ended
                assembly = nil
                return wasOpen ? .peerClosed(code) : .closeAnswered(code)
            case .malformed: return .fail(end(.protocolError))
            case .notUTF8: return .fail(end(.invalidPayload))
            }
        case .pong, .text, .binary, .continuation: return .none
        }
    }

    private mutating func receiveData(_ frame: Frame, _ opcode: Frame.Opcode, now: NIODeadline) -> Action {
        let isContinuation = opcode == .continuation
        guard isContinuation ? assembly != nil || phase != .open : assembly == nil else {
            return .fail(end(.protocolError))
        }
        guard phase == .open else { return .none }
        if opcode == .binary, !limits.takesBinary { return .fail(end(.unsupportedData)) }
        let count = frame.payload.readableBytes
        guard count <= limits.maxMessageBytes else { return .fail(end(.messageTooLarge)) }
        guard var message = assembly.take() else {
            let isText = opcode == .text
            if frame.isFinal { return complete(frame.payload, isText: isText) }
            // The payload shares the reader's scratch space, which is not kept.
            let bytes = ByteBufferAllocator().buffer(buffer: frame.payload)
            assembly = Assembly(bytes: bytes, fragments: 1, isText: isText, startedAt: now)
            return .none
        }
        message.fragments += 1
        guard message.fragments <= limits.maxFragments, count <= limits.maxMessageBytes - message.bytes.readableBytes
        else { return .fail(end(.messageTooLarge)) }
        message.bytes.writeImmutableBuffer(frame.payload)
        if frame.isFinal { return complete(message.bytes, isText: message.isText) }
        assembly = message
        return .none
    }

    private mutating func complete(_ bytes: ByteBuffer, isText: Bool) -> Action {
        if limits.keepsBinary, !isText { return .deliverBinary(bytes) }
        if bytes.withUnsafeReadableBytes(UTF8Check.isValid) { return .deliver(bytes) }
        if isText { return .fail(end(.invalidPayload)) }
        // What JavaScript's String(buffer) made of such bytes for the first clients.
        return .deliver(ByteBuffer(string: String(decoding: bytes.readableBytesView, as: UTF8.self)))
    }

    private mutating func end(_ reason: CloseReason) -> CloseReason {
        phase = .ended
        assembly = nil
        return reason
    }
}
