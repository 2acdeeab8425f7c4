import NIOCore
import SignalDomain
import SignalNode

/// Writing, and what happens when the peer does not read.
extension SignalChannelHandler: SessionSocket {
    var queuedBytes: Int { queue.isCongested ? queue.bytes : 0 }

    func send(_ frame: ByteBuffer, from sender: Session?) {
        guard state == .open else { return }
        transmit(frame, from: sender)
        guard settings.slowReaders.isOver(queue) else { return }
        // Perhaps the burst of one turn is all there is: the kernel may still take it.
        flushNow()
        if settings.slowReaders.isOver(queue) { giveUp() }
    }

    func transmit(_ frame: ByteBuffer, from sender: Session?) {
        guard context != nil else { return }
        let size = frame.readableBytes
        let isFirst = line.isEmpty
        sockets.writes.append(frame, to: &line)
        queue.add(size, from: sender.map { ObjectIdentifier($0) }, at: sockets.now)
        if let sender,
            settings.slowReaders.mustPause(ObjectIdentifier(sender), frameBytes: size, in: queue)
        {
            held.hold(sender, queued: queue.bytes, now: sockets.now)
        }
        if isFirst { sockets.flushLater(self) }
    }

    /// What the kernel surely takes: so much may be written before the channel is asked what is left, which costs more
    /// than a small write; the next look at the clock asks in any case.
    private static let unaskedBytes = 16_384

    /// Called by `LoopSockets` once per turn.
    func flushNow() {
        guard let context, !line.isEmpty else { return }
        while let piece = sockets.writes.takePiece(of: &line) { context.write(wrapOutboundOut(piece), promise: nil) }
        context.flush()
        if queue.isCongested || queue.bytes > Self.unaskedBytes { settle() }
    }

    /// Learns how much the kernel has taken, and acts on it.
    func settle() {
        guard let context, queue.bytes > 0 || reportedBytes > 0 else { return }
        let remaining = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        queue.drained(to: remaining + line.bytes, at: sockets.now)
        held.release(
            queued: queue.bytes, patience: .milliseconds(Int64(settings.slowReaders.senderPauseMs)),
            now: sockets.now)
        report(queuedBytes)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, queue.isCongested { settle() }
        context.fireChannelWritabilityChanged()
    }

    /// Tells the node-wide total what waits here; the answer may be that the largest queue of the node has to go.
    func report(_ bytes: Int) {
        let change = bytes - reportedBytes
        guard change != 0 else { return }
        reportedBytes = bytes
        if settings.outbound.add(change), change > 0 { settings.relief.begin() }
    }

    // MARK: Closing

    func close(_ reason: CloseReason) {
        guard state == .open else { return }
        rules.closeSent()
        transmit(ControlFrame.close(reason), from: nil)
        state = .closing(reason, until: closeDeadline)
        resumeReading()
        if isRefused { outstay() }
    }

    /// The queue is full or too old: the receiver is closed with 1013, never a silent loss.
    func giveUp() {
        guard state == .open else { return }
        settings.node.metrics.slowConsumerClosed()
        abandon(.slowConsumer)
    }

    /// Closes a socket whose peer does not keep up: its session ends now, however long the close frame travels.
    func abandon(_ reason: CloseReason) {
        close(reason)
        endSession(.lost, code: reason.code)
        outstay()
    }

    /// Ends the socket at once and frees what waits: for a node that is out of memory or out of time.
    func cutOff(_ reason: CloseReason) {
        endSession(.lost, code: reason.code)
        state = .closed
        // What waited is gone with the channel's buffer, and counts no longer.
        queue.drained(to: 0, at: sockets.now)
        report(0)
        context?.close(promise: nil)
    }

    /// The peer closes: its code goes back, then the connection ends from our side (RFC 6455 §7.1.1).
    func answerClose(_ code: UInt16?) {
        transmit(ControlFrame.closeEcho(code), from: nil)
        finish(peerCode: code)
    }

    /// Both close frames have been seen: nothing follows from a peer that keeps to the protocol.
    func finish(peerCode: UInt16?) {
        let ours: UInt16? = if case .closing(let reason, _) = state { reason.code } else { nil }
        let code = peerCode ?? CloseReason.absentCode
        endSession(.clean(code: code), code: ours ?? code)
        flushNow()
        settle()
        guard queue.bytes == 0, !hasUnreadBytes else { return linger() }
        state = .closed
        context?.close(promise: nil)
    }

    /// Fails the connection (RFC 6455 §7.1.7): our reason goes out, whatever comes in is dropped.
    func fail(_ reason: CloseReason) {
        switch state {
        case .open: transmit(ControlFrame.close(reason), from: nil)
        case .closing: break
        case .lingering, .closed: return
        }
        endSession(.lost, code: reason.code)
        linger()
    }

    /// Sends the end of stream behind everything that waits and lets the peer end the connection: closing with unread
    /// input would reset it and could destroy the close frame on its way.
    private func linger() {
        state = .lingering(until: closeDeadline)
        held.releaseAll()
        resumeReading()
        flushNow()
        context?.close(mode: .output, promise: nil)
        outstay()
    }

    private var closeDeadline: NIODeadline {
        let patience = TimeAmount.milliseconds(Int64(settings.configuration.liveness.closeTimeoutMs))
        return sockets.now + (isRefused ? min(patience, sockets.refusedLinger) : patience)
    }
}
