import Foundation
import SignalTestKit
import Testing

/// BLOCK_RULES_FILE and ASN_TABLE_FILE on a node that runs.
@Suite("Block files", .serialized)
struct BlockFilesTests {
    private func status(_ node: NodeProcess, _ client: String) async throws -> Int {
        try await TestHTTP.get("/health", port: node.port, headers: [("X-Forwarded-For", client)]).status
    }

    private func eventually(_ what: String, _ condition: () async throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while ContinuousClock.now < deadline {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("never: \(what)")
    }

    @Test("rules and table are read at the start and when they change; a broken file keeps the old rules and says why")
    func reload() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "blocks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (rules, table) = (folder.appending(path: "rules"), folder.appending(path: "table"))
        try Data("ip 203.0.113.7\nasn:64496\n".utf8).write(to: rules)
        try Data("198.51.100.0/24\t64496\n".utf8).write(to: table)
        let node = try NodeProcess(
            "blocks",
            settings: [
                "BLOCK_RULES_FILE": rules.path(), "ASN_TABLE_FILE": table.path(), "BLOCK_RULES_POLL_MS": "100",
                "TRUSTED_PROXY_CIDRS": "127.0.0.0/8",
            ])
        #expect(try await status(node, "203.0.113.7") == 403)
        #expect(try await status(node, "198.51.100.9") == 403)
        #expect(try await status(node, "203.0.113.8") == 200)

        try Data("cidr 203.0.113.8/31 # more\n".utf8).write(to: rules)
        try await eventually("the new rules hold") { try await status(node, "203.0.113.9") == 403 }
        #expect(try await status(node, "203.0.113.7") == 200)

        try Data("ip 203.0.113.7\nblock everybody\n".utf8).write(to: rules)
        try await eventually("the refusal is logged") {
            node.log.contains("reload.refused") && node.log.contains("line 2")
        }
        #expect(try await status(node, "203.0.113.9") == 403)
        #expect(try await status(node, "203.0.113.7") == 200)

        try Data("asn:64496\n".utf8).write(to: rules)
        try Data("192.0.2.0/24\t64496\n".utf8).write(to: table)
        try await eventually("the new table holds") { try await status(node, "192.0.2.1") == 403 }
        #expect(try await status(node, "198.51.100.9") == 200)
        node.kill()
    }

    @Test("a broken file stops the start, and a sentence names the setting and the line")
    func refusesToStart() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("deny all\n".utf8).write(to: file)
        let failure = #expect(throws: NodeProcess.Failure.self) {
            try NodeProcess("broken", settings: ["BLOCK_RULES_FILE": file.path()])
        }
        #expect(failure?.description.contains("BLOCK_RULES_FILE") == true)
        #expect(failure?.description.contains("line 1") == true)
    }

    @Test("check reads the rules and the table too")
    func check() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "blocks-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let rules = folder.appending(path: "rules").path()
        let output = folder.appending(path: "output").path()
        func check(_ text: String) throws -> (code: Int32?, output: String) {
            try Data(text.utf8).write(to: URL(filePath: rules))
            let process = try ChildProcess(
                [NodeProcess.program("signal-node"), "check"],
                environment: ["BLOCK_RULES_FILE": rules, "ASN_TABLE_FILE": folder.appending(path: "none").path()],
                output: output)
            #expect(process.wait(seconds: 20))
            return (process.exitCode, try String(contentsOfFile: output, encoding: .utf8))
        }
        let broken = try check("ip 192.0.2.1\ndeny all\n")
        #expect(broken.code == 1)
        #expect(broken.output.contains("2 problems"))
        #expect(broken.output.contains("BLOCK_RULES_FILE (\(rules)): ") && broken.output.contains("line 2"))
        #expect(broken.output.contains("ASN_TABLE_FILE: cannot read"))
        #expect(try check("ip 192.0.2.1\n").output.contains("1 problem:"))
    }
}
