import Backplane
import CoreMetrics
import NIOCore
import SignalDomain

/// How nodes talk about what operators look at: through their inboxes, and only while somebody looks.
extension ClusterCore {
    func hear(_ frame: ConsoleFrame) {
        switch frame {
        case .watch(let node):
            guard desk.watchers[node] != nil || desk.watchers.count < ConsoleDesk.maxWatchers else { return }
            desk.watchers[node] = now + desk.watchMs
            keepTelling()
        case .events(let text): desk.node?.events.relay(Array(text.readableBytesView))
        case .question(let number, let asker, let question):
            guard let answer = desk.node?.answer(question) else { return }
            say(.answer(number, from: machine.node, ByteBuffer(bytes: answer)), to: [asker])
        case .answer(let number, let node, let text):
            guard desk.questions[number]?.awaited.remove(node) != nil else { return }
            desk.questions[number]?.answers[node] = text
            if desk.questions[number]?.awaited.isEmpty == true { conclude(number) }
        }
    }

    /// Asks other nodes; calls `done` once, when all have answered or the time is over.
    func ask(
        _ question: ConsoleFrame.Question, of nodes: [NodeInstance], withinMs: Int64,
        done: @escaping ([NodeInstance: ByteBuffer]) -> Void
    ) {
        let others = Set(nodes).subtracting([machine.node])
        guard !others.isEmpty, desk.questions.count < ConsoleDesk.maxQuestions else { return done([:]) }
        desk.asked += 1
        let number = desk.asked
        desk.questions[number] = .init(awaited: others, done: done)
        say(.question(number, by: machine.node, question), to: others.sorted())
        // Also when the node retires meanwhile: somebody waits for `done`.
        let end = NIOLoopBound({ [self] in conclude(number) }, eventLoop: backplane.loop)
        backplane.loop.scheduleTask(in: .milliseconds(withinMs)) { end.value() }
    }

    /// Somebody here wants to be told what happens on these nodes.
    func watch(_ nodes: [NodeInstance]) {
        let others = nodes.filter { $0 != machine.node }
        if !others.isEmpty { say(.watch(by: machine.node), to: others) }
    }

    func noteSweep(_ command: BackplaneCommand, _ members: Int) {
        guard case .sweep(let room, let dead, _) = command, members > 0 else { return }
        metrics.swept.increment(by: members)
        desk.node?.events.publish(.swept(members, of: dead, in: room))
    }

    private func conclude(_ number: UInt64) {
        guard let question = desk.questions.removeValue(forKey: number) else { return }
        question.done(question.answers)
    }

    /// Tells the consoles of other nodes what has happened, again and again until they have lost interest.
    private func keepTelling() {
        desk.node?.events.setWatched(true)
        guard !desk.isTelling else { return }
        desk.isTelling = true
        later(.milliseconds(desk.batchMs)) { $0.tell() }
    }

    private func tell() {
        desk.isTelling = false
        desk.watchers = desk.watchers.filter { $0.value > now }
        guard !desk.watchers.isEmpty else {
            desk.node?.events.setWatched(false)
            return
        }
        if machine.isLive, let text = desk.node?.events.takeWaiting(), !text.isEmpty {
            say(.events(ByteBuffer(bytes: text)), to: desk.watchers.keys.sorted())
        }
        keepTelling()
    }

    private func say(_ frame: ConsoleFrame, to nodes: [NodeInstance]) {
        var batch = InboxBatch()
        batch.append(.console(frame))
        backplane.publish(batch.bytes, to: nodes) { _ in }
    }
}

extension Cluster {
    /// Asks other nodes; those that have not answered in time are absent.
    func ask(
        _ question: ConsoleFrame.Question, of nodes: [NodeInstance], withinMs: Int
    ) async -> [NodeInstance: ByteBuffer] {
        await withCheckedContinuation { continuation in
            onCore { core in
                core.ask(question, of: nodes, withinMs: Int64(withinMs)) { continuation.resume(returning: $0) }
            }
        }
    }

    /// Somebody at this node wants to be told what happens on these.
    func watch(_ nodes: [NodeInstance]) { onCore { $0.watch(nodes) } }
}
