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
    func hooks(for node: Node) -> [Reload.Hook] {
        var hooks: [Reload.Hook] = []
        if let path = configuration.tokens.keysFile {
            hooks.append(
                Reload.Hook(name: "JWT_KEYS_FILE") { node.use(keys: try await Self.keys(path)) })
        }
        return hooks
    }

    /// - Throws: `FileProblem` with a sentence that names the setting and the path.
    static func keys(_ path: String) async throws -> RoomTokenKeys {
        do {
            return try await RoomTokenKeys(jwks: try bytes("JWT_KEYS_FILE", path))
        } catch let fault as KeySetFault {
            throw FileProblem("JWT_KEYS_FILE (\(path)): \(fault.sentence)")
        }
    }

    private static func bytes(_ setting: String, _ path: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw FileProblem("\(setting): cannot read the file \(path).")
        }
    }
}

/// A file that a setting names cannot be used.
struct FileProblem: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
