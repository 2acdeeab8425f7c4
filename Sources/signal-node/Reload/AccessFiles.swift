import SignalDomain
import SignalNode

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The files that say who may do what: the keys of room tokens and the policy of rooms.
struct AccessFiles: Sendable {
    private let configuration: NodeConfiguration

    init(_ configuration: NodeConfiguration) { self.configuration = configuration }

    /// Reads each file and hands it to the node: at the start, and on SIGHUP.
    func hooks(for node: SignalNode.Node) -> [Reload.Hook] {
        var hooks: [Reload.Hook] = []
        if configuration.tokens.keysFile != nil {
            hooks.append(Reload.Hook(name: "JWT_KEYS_FILE") { node.use(keys: try await keys()) })
        }
        if configuration.policy.file != nil {
            hooks.append(Reload.Hook(name: "POLICY_FILE") { node.use(policy: try policy()) })
        }
        return hooks
    }

    /// What is wrong with the files: one sentence per problem.
    func problems() async -> [String] {
        var found: [String] = []
        do throws(BrokenFile) { _ = try await keys() } catch { found += error.sentences }
        do throws(BrokenFile) { _ = try policy() } catch { found += error.sentences }
        return found
    }

    func keys() async throws(BrokenFile) -> RoomTokenKeys? {
        guard let path = configuration.tokens.keysFile else { return nil }
        let bytes = try Self.bytes("JWT_KEYS_FILE", path)
        do throws(KeySetFault) { return try await RoomTokenKeys(jwks: bytes) } catch {
            throw BrokenFile("JWT_KEYS_FILE (\(path)): \(error.sentence)")
        }
    }

    func policy() throws(BrokenFile) -> RoomPolicy {
        guard let path = configuration.policy.file else { return configuration.roomPolicy() }
        let text = String(decoding: try Self.bytes("POLICY_FILE", path), as: UTF8.self)
        let file = PolicyFile(yaml: text)
        guard file.problems.isEmpty else {
            throw BrokenFile(sentences: file.problems.map { "POLICY_FILE (\(path)), \($0)" })
        }
        return configuration.roomPolicy(file.entries)
    }

    private static func bytes(_ setting: String, _ path: String) throws(BrokenFile) -> [UInt8] {
        do { return [UInt8](try Data(contentsOf: URL(filePath: path))) } catch {
            throw BrokenFile("\(setting): cannot read the file \(path).")
        }
    }
}

/// A file that a setting names cannot be used; no sentence quotes a secret.
struct BrokenFile: Error, CustomStringConvertible {
    let sentences: [String]

    init(sentences: [String]) { self.sentences = sentences }

    init(_ sentence: String) { sentences = [sentence] }

    var description: String { sentences.joined(separator: " ") }
}
