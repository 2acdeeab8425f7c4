import ArgumentParser
import SignalDomain
import SignalNode

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `signal-node token`: makes room tokens, looks into them, and has a live node revoke them. Keys come from a file and tokens from standard input, for
/// every user of the machine can list arguments.
struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Mints, inspects and revokes room tokens.",
        subcommands: [Mint.self, Inspect.self, Revoke.self])

    /// Where the keys are.
    struct Keys: ParsableArguments {
        @Option(help: "JWKS file; default: JWT_KEYS_FILE.")
        var keysFile: String?

        @Option(help: "In place of a JWKS: a file whose one line is the secret of HS256. Needs --kid.")
        var secretFile: String?

        @Option(help: "The key of the set; default: the first that can sign.")
        var kid: String?

        /// Nil when no file is named.
        func read() async throws -> RoomTokenKeys? {
            if let secretFile {
                guard let kid else { throw ValidationError("--secret-file needs --kid: the name of the key.") }
                let lines = try Self.text(secretFile).split(whereSeparator: \.isNewline)
                guard lines.count == 1, let secret = lines.first else {
                    throw ValidationError("The file \(secretFile) must hold exactly one line.")
                }
                return try await RoomTokenKeys(secret: Array(secret.utf8), kid: kid)
            }
            guard let path = keysFile ?? ProcessInfo.processInfo.environment["JWT_KEYS_FILE"] else { return nil }
            return try await RoomTokenKeys(jwks: Array(Self.text(path).utf8))
        }

        private static func text(_ path: String) throws -> String {
            guard let data = try? Data(contentsOf: URL(filePath: path)) else {
                throw ValidationError("Cannot read the file \(path).")
            }
            return String(decoding: data, as: UTF8.self)
        }
    }
}

extension TokenCommand {
    /// `signal-node token mint`: prints one token.
    struct Mint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Prints a room token.",
            discussion: "The key must have its private part (d) or be a secret (k).")

        @OptionGroup var keys: Keys
        @Option(help: "Namespace of the room.") var namespace = RoomKey.defaultNamespace
        @Option(help: "The room, or * for every room of the namespace.") var room: String
        @Option(help: "Who the holder is (sub).") var subject: String
        @Option(help: "The only peer ID that the token is good for.") var peer: String?
        @Option(help: "Grants, separated by commas.") var grants = Grants.member.names.joined(separator: ",")
        @Option(help: "Lifetime in seconds, a day at most.") var lifetime = 3_600

        func run() async throws {
            guard let keys = try await self.keys.read() else {
                throw ValidationError("Name the keys: --keys-file, --secret-file or JWT_KEYS_FILE.")
            }
            print(try await keys.sign(token(nowMs: SystemClock.wallMicros() / 1_000), kid: self.keys.kid))
        }

        func token(nowMs: Int64) throws -> RoomToken {
            guard let grants = Grants(names: grants.split(separator: ",").map(String.init)) else {
                throw ValidationError("--grants takes \(Grants.all.names.joined(separator: ", ")).")
            }
            guard (1...86_400).contains(lifetime) else { throw ValidationError("--lifetime is 1 to 86400 seconds.") }
            guard (1...255).contains(subject.utf8.count) else {
                throw ValidationError("--subject is 1 to 255 bytes long.")
            }
            // A star is a legal name, so that it passes the rules of names too.
            let key = try RoomKey(namespace: namespace, room: room)
            // Whole seconds, as other issuers write them.
            let start = nowMs / 1_000 * 1_000
            return RoomToken(
                subject: subject, id: UUID().uuidString.lowercased(), namespace: key.namespace,
                room: room == "*" ? nil : key.room, peer: try peer.map { try PeerID($0) }, grants: grants,
                notBefore: start, expiresAt: start + Int64(lifetime) * 1_000)
        }
    }

    /// `signal-node token inspect`: says what a token holds, and with keys whether it is good.
    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Reads a token from standard input, prints what it says and, with keys, whether it is good.",
            discussion: "Exits with 1 when the token is not good.")

        @OptionGroup var keys: Keys

        func run() async throws {
            guard let text = readLine(), !text.isEmpty else {
                throw ValidationError("Give the token on standard input.")
            }
            let keys = try await self.keys.read()
            for line in try Self.parts(of: text) { print(line) }
            guard let keys else { return print("not verified: no keys are named") }
            do throws(RoomTokenFault) {
                let now = SystemClock.wallMicros() / 1_000
                let token = try await keys.verify(text, nowMs: now, terms: .init())
                print("good for \((token.expiresAt - now) / 1_000) s")
            } catch {
                print("refused: \(error.sentence)")
                throw ExitCode.failure
            }
        }

        /// Header and claims as they stand there; the signature is what makes it a token, so it is not shown.
        static func parts(of text: String) throws -> [String] {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            let decoded = parts.prefix(2).compactMap { Base64URL.decode($0) }
            guard parts.count == 3, decoded.count == 2 else {
                throw ValidationError(RoomTokenFault.malformed.sentence)
            }
            return zip(["header", "claims"], decoded).map { "\($0): \(String(decoding: $1, as: UTF8.self))" }
        }
    }
}
