/// What a link says first on a connection: who it is, which database, the prelude, and a `PING` for the answer.
///
/// A pure value. The steps are pipelined; since replies come in order, a success of the last step means that every step
/// before it was answered, and no required one with an error.
struct Greeting {
    /// What the answer to a step has to be.
    enum Demand: Equatable {
        /// Anything: the connection is good even if the server refuses the command.
        case nothing
        /// No error.
        case success
        /// `PONG`.
        case pong
        /// The `ROLE` of a primary. Its port may belong to a server that a Sentinel has not demoted yet, or has promoted
        /// only in its own eyes; the server itself knows.
        case primary
    }

    struct Step: Equatable {
        let command: RedisCommand
        var demand = Demand.success
    }

    let steps: [Step]

    init(url: RedisURL, configuration: RedisLinkConfiguration, mustBePrimary: Bool = false) {
        var steps: [Step] = []
        if let password = url.password {
            let user = url.username.map { [RedisArgument.string($0)] } ?? []
            steps.append(Step(command: RedisCommand("AUTH", user + [.string(password.secret)])))
        }
        if mustBePrimary {
            steps.append(Step(command: RedisCommand("ROLE"), demand: .primary))
        }
        if url.database != 0 {
            steps.append(Step(command: RedisCommand("SELECT", [.integer(Int64(url.database))])))
        }
        if let name = configuration.clientName {
            steps.append(Step(command: RedisCommand("CLIENT", ["SETNAME", .string(name)]), demand: .nothing))
        }
        steps += configuration.prelude.map { Step(command: $0) }
        // Asked last, and even if there is nothing else to say: a server that is loading accepts connections.
        steps.append(Step(command: RedisCommand("PING"), demand: .pong))
        self.steps = steps
    }
}

extension Greeting.Step {
    /// Why the connection is not usable after this answer; nil if it still may be.
    func refusal(_ answer: Result<RESPValue, RedisError>) -> RedisError? {
        switch (demand, answer) {
        case (.nothing, .failure(.server)): nil
        case (_, .failure(let error)): error
        case (.pong, .success(let reply)):
            reply == .simple("PONG") ? nil : .unexpectedReply("PING is not answered by PONG")
        case (.primary, .success(let reply)):
            reply.array?.first?.string == "master" ? nil : .connectFailed("the server says that it is no primary")
        case (.nothing, .success), (.success, .success): nil
        }
    }
}

extension RedisConnection {
    /// Says the greeting; a refusal ends the connection, otherwise `ready` is called.
    func greet(_ greeting: Greeting, ready: @escaping () -> Void) {
        for (index, step) in greeting.steps.enumerated() {
            let isLast = index == greeting.steps.count - 1
            send(step.command) { answer in
                if let refusal = step.refusal(answer) {
                    self.end(refusal)
                } else if isLast {
                    ready()
                }
            }
        }
    }
}
