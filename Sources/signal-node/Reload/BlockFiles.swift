import Foundation
import Logging
import SignalDomain
import SignalNode

/// The files that say which addresses are kept out. They are read at the start, on SIGHUP, and when they change; a broken
/// one changes nothing.
struct BlockFiles: Sendable {
    private let configuration: NodeConfiguration

    init(_ configuration: NodeConfiguration) { self.configuration = configuration }

    /// Reads each file and hands it to the node.
    func hooks(for node: Node) -> [Reload.Hook] { files(for: node).map(\.hook) }

    /// What is wrong with the files: one sentence for each that cannot be used.
    func problems() -> [String] {
        let abuse = configuration.abuse
        var found: [String] = []
        do { _ = try abuse.blockRulesFile.map(Self.rules) } catch { found.append("\(error)") }
        do { _ = try abuse.asnTableFile.map(Self.networks) } catch { found.append("\(error)") }
        return found
    }

    /// Looks at the files for as long as the task lives, and reads those that have changed.
    func watch(for node: Node, _ logger: Logger) async {
        var files = files(for: node)
        guard !files.isEmpty else { return }
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(configuration.abuse.blockRulesPollMs))
            for index in files.indices where files[index].hasChanged() {
                await Reload([files[index].hook]).run(logger, audit: node.audit)
            }
        }
    }

    private func files(for node: Node) -> [WatchedFile] {
        var files: [WatchedFile] = []
        if let path = configuration.abuse.asnTableFile {
            files.append(
                WatchedFile(
                    path,
                    Reload.Hook(name: "ASN_TABLE_FILE") { node.use(networks: try Self.networks(path)) }))
        }
        if let path = configuration.abuse.blockRulesFile {
            files.append(
                WatchedFile(
                    path,
                    Reload.Hook(name: "BLOCK_RULES_FILE") { node.use(blockRules: try Self.rules(path)) }))
        }
        return files
    }

    /// - Throws: `BrokenFile` with a sentence that names the setting, the path and the line.
    static func rules(_ path: String) throws -> BlockRules {
        let text = String(decoding: try bytes("BLOCK_RULES_FILE", path), as: UTF8.self)
        do throws(BlockRulesError) {
            return try BlockRules(parsing: text)
        } catch {
            throw BrokenFile("BLOCK_RULES_FILE (\(path)): \(error)")
        }
    }

    /// Likewise.
    static func networks(_ path: String) throws -> NetworkTable {
        let content = try bytes("ASN_TABLE_FILE", path)
        do throws(NetworkTableError) {
            return try NetworkTable(parsing: content)
        } catch {
            throw BrokenFile("ASN_TABLE_FILE (\(path)): \(error)")
        }
    }

    private static func bytes(_ setting: String, _ path: String) throws -> [UInt8] {
        do {
            return [UInt8](try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw BrokenFile("\(setting): cannot read the file \(path).")
        }
    }
}

/// A file by what its directory entry says about its content.
private struct WatchedFile {
    let hook: Reload.Hook
    private let path: String
    private var mark: Mark?

    private struct Mark: Equatable {
        let modified: Date?
        let size: String
        /// Another one when the file was replaced, not written to.
        let number: String
    }

    init(_ path: String, _ hook: Reload.Hook) {
        self.path = path
        self.hook = hook
        mark = Self.mark(of: path)
    }

    /// Whether it is another one than at the last look; a file that is gone is no change.
    mutating func hasChanged() -> Bool {
        guard let now = Self.mark(of: path), now != mark else { return false }
        mark = now
        return true
    }

    private static func mark(of path: String) -> Mark? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path) else { return nil }
        func text(_ key: FileAttributeKey) -> String { attributes[key].map { "\($0)" } ?? "" }
        return Mark(
            modified: attributes[.modificationDate] as? Date, size: text(.size), number: text(.systemFileNumber))
    }
}
