import ArgumentParser

extension TokenCommand {
    /// `signal-node token revoke`: voids a token, or every token of a subject, over the whole cluster.
    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Voids a token, or every token of a subject, in every room.",
            discussion:
                "Their sockets close with 4401. Without --for it holds as long as the longest token could. `token inspect` "
                + "shows the jti and the sub of a token.")

        @Option(help: "The id (jti) of a token.") var jti: String?
        @Option(help: "The subject (sub): all of its tokens, new ones too.") var subject: String?
        @OptionGroup var decision: DecisionArguments
        @OptionGroup var admin: AdminArguments

        func validate() throws {
            guard jti != nil || subject != nil else { throw ValidationError("Name what: --jti or --subject.") }
        }

        func run() async throws {
            var body = try decision.body()
            if let jti { body["jti"] = .text(jti) }
            if let subject { body["subject"] = .text(subject) }
            try await admin.ask("POST", "/admin/revocations", body, as: AppliedAnswer.self).report()
        }
    }
}
