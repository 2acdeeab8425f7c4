/// One piece of the way of a message, and how to run it alone.
public struct Benchmark: Sendable {
    /// Runs the piece for so many messages, and answers how much it has done.
    public typealias Run = (_ messages: Int) throws -> Int

    /// As in the file of ceilings.
    public let name: String
    /// What one message is here, in a few words.
    public let subject: String
    /// What one message must bring about, in the unit of the run's answer: bytes, or frames at receivers.
    public let workPerMessage: Int
    /// Builds everything that lives longer than a message.
    public let prepare: @Sendable () throws -> Run

    init(
        _ name: String, _ subject: String, workPerMessage: Int, prepare: @escaping @Sendable () throws -> Run
    ) {
        self.name = name
        self.subject = subject
        self.workPerMessage = workPerMessage
        self.prepare = prepare
    }

    /// Every benchmark, in the order of the way.
    public static let all: [Benchmark] =
        [.scanner, .offerScanner, .stamp, .frame, .roomOfTwo, .roomOfFifty, .twoNodes]
        + [.inboxEncode, .inboxDecode, .replyReader]
}

/// A piece that did not do its work, so that what it cost means nothing.
public struct IdleBenchmark: Error, CustomStringConvertible {
    public let name: String
    public let done: Int
    public let expected: Int

    public var description: String { "\(name) did \(done) of \(expected): it is broken, not cheap." }
}
