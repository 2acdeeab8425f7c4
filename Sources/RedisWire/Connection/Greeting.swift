/// What a link says first on a connection: who it is, which database, the prelude, and a `PING` for the answer.
///
/// A pure value. The steps are pipelined; since replies come in order, a success of the last step means that every step
/// before it was answered, and no required one with an error.
struct Greeting {
    struct Step: Equatable {
        let command: RedisCommand
        /// False when the connection is good even if the server refuses the command.
        var isRequired = true
    }

    let steps: [Step]

    init(url: RedisURL, configuration: RedisLinkConfiguration) {
        var steps: [Step] = []
        if let password = url.password {
            let user = url.username.map { [RedisArgument.string($0)] } ?? []
            steps.append(Step(command: RedisCommand("AUTH", user + [.string(password.secret)])))
        }
        if url.database != 0 {
            steps.append(Step(command: RedisCommand("SELECT", [.integer(Int64(url.database))])))
        }
        if let name = configuration.clientName {
            steps.append(Step(command: RedisCommand("CLIENT", ["SETNAME", .string(name)]), isRequired: false))
        }
        steps += configuration.prelude.map { Step(command: $0) }
        // Asked last, and even if there is nothing else to say: a server that is loading accepts connections.
        steps.append(Step(command: RedisCommand("PING")))
        self.steps = steps
    }

    /// Why the connection is not usable after this answer to a step; nil if it still may be.
    static func refusal(of step: Step, isLast: Bool, _ answer: Result<RESPValue, RedisError>) -> RedisError? {
        switch answer {
        case .success(.simple("PONG")) where isLast: nil
        case .success where isLast: .unexpectedReply("PING is not answered by PONG")
        case .success: nil
        case .failure(.server) where !step.isRequired: nil
        case .failure(let error): error
        }
    }
}
