import Foundation
import Logging
import RedisWire
import SignalNode
import Testing

@testable import signal_node

/// Reads a configuration from what the test says, and nothing of this machine.
func read(_ flags: [String] = [], _ environment: [String: String] = [:]) -> NodeConfigurationReader {
    NodeConfigurationReader(arguments: flags, environment: environment, hostName: "machine")
}

/// A file that exists while `body` runs.
func withFile<Result>(_ text: String, _ body: (String) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory.appending(path: "signal-node-\(UUID().uuidString)")
    try Data(text.utf8).write(to: url)
    defer { try? FileManager.default.removeItem(at: url) }
    return try body(url.path)
}

@Suite("Reading the configuration")
struct ReaderTests {
    @Test("without any source every value is the default, and the node is named after the machine")
    func defaults() {
        let reader = read()
        var expected = NodeConfiguration()
        expected.nodeName = "machine"
        #expect(reader.problems == [])
        #expect(reader.configuration == expected)
        #expect(reader.origins.isEmpty)
    }

    @Test("flags win over the environment, the environment over the file, the file over the default")
    func precedence() throws {
        try withFile(#"{"port": 1, "host": "file", "nodeName": "file", "pongMisses": 7}"#) { path in
            let reader = read(
                ["--port=3", "--config-file", path], ["PORT": "2", "HOST": "environment", "CONFIG_FILE": "/nowhere"])
            #expect(reader.problems == [])
            #expect(reader.configuration.listener.port == 3)
            #expect(reader.configuration.listener.host == "environment")
            #expect(reader.configuration.nodeName == "file")
            #expect(reader.configuration.liveness.pongMisses == 7)
            #expect(reader.configuration.messages.maxBytes == 262_144)
            #expect(reader.origins["port"] == "--port")
            #expect(reader.origins["host"] == "HOST (environment)")
            #expect(reader.origins["nodeName"] == "nodeName (file \(path))")
        }
    }

    @Test("an empty environment variable counts as unset")
    func emptyVariable() {
        let reader = read([], ["PORT": "", "REDIS_URL": "", "CLUSTER_SECRET_FILE": "", "CONFIG_FILE": ""])
        #expect(reader.problems == [])
        #expect(reader.configuration.listener.port == 8787)
        #expect(reader.configuration.redis.url == nil)
    }

    @Test(
        "booleans are read in the usual spellings",
        arguments: [
            ("1", true), ("true", true), ("YES", true), ("on", true), ("0", false), ("False", false), ("no", false),
        ])
    func booleans(text: String, expected: Bool) {
        #expect(read([], ["LEGACY_REPLACE": text]).configuration.access.legacyReplace == expected)
        #expect(read(["--legacy-replace=\(text)"]).configuration.access.legacyReplace == expected)
    }

    @Test("a flag without a value means true for a boolean and is a mistake for anything else")
    func bareFlag() {
        #expect(read(["--legacy-replace"]).configuration.access.legacyReplace)
        #expect(read(["--port"]).problems == ["--port: expected a whole number from 0 to 65535, but found \"\"."])
    }

    @Test("lists are cut at commas in text and are arrays in the file")
    func lists() throws {
        let blocks = ["10.0.0.0/8", "fd00::/8"]
        #expect(
            read(["--trusted-proxy-cidrs", "10.0.0.0/8, fd00::/8"]).configuration.access.trustedProxyCIDRs == blocks)
        let reader = read([], ["TRUSTED_PROXY_CIDRS": "10.0.0.0/8,fd00::/8,"])
        #expect(reader.configuration.access.trustedProxyCIDRs == blocks)
        try withFile(#"{"trustedProxyCidrs": ["10.0.0.0/8", "fd00::/8"], "stunUris": []}"#) { path in
            let reader = read(["--config-file=\(path)"])
            #expect(reader.problems == [])
            #expect(reader.configuration.access.trustedProxyCIDRs == blocks)
            #expect(reader.configuration.stunURIs == [])
        }
    }

    @Test("an address with commas and semicolons survives as a flag")
    func punctuation() {
        let url = "redis://h;a,b:1"
        #expect(read(["--redis-url", url]).configuration.redis.url == url)
    }

    @Test(
        "level names are those of the log",
        arguments: zip(["trace", "warn", "ERROR"], [Logger.Level.trace, .warning, .error]))
    func levels(text: String, level: Logger.Level) {
        #expect(read([], ["LOG_LEVEL": text]).configuration.logLevel == level)
    }
}

@Suite("Mistakes in the configuration")
struct MistakeTests {
    @Test("all problems are told at once, each with its source, its key and what was expected")
    func collectsAll() throws {
        try withFile(#"{"maxMessageBytes": "big", "redisRequired": "yes", "stunUris": "x", "allowdOrigins": []}"#) {
            path in
            let reader = read(["--port", "70000", "--config-file", path], ["LEASE_MS": "5s", "LOG_LEVEL": "loud"])
            #expect(
                Set(reader.problems) == [
                    "--port: expected a whole number from 0 to 65535, but found \"70000\".",
                    "LEASE_MS (environment): expected a whole number from 300 to 600000 (ms), but found \"5s\".",
                    "LOG_LEVEL (environment): expected one of trace, debug, info, warn, error, but found \"loud\".",
                    "maxMessageBytes (file \(path)): expected a whole number from 1024 to 67108864 (bytes).",
                    "redisRequired (file \(path)): expected true or false.",
                    "stunUris (file \(path)): expected a list of texts.",
                    "allowdOrigins (file \(path)) is not a known setting: did you mean allowedOrigins?",
                ])
        }
    }

    @Test(
        "numbers and booleans of the file are not taken for each other",
        arguments: [
            #"{"port": true}"#, #"{"port": 1.5}"#, #"{"port": "1"}"#, #"{"legacyReplace": 1}"#, #"{"host": 1}"#,
            #"{"port": {"a": 1}}"#,
        ])
    func strictTypes(text: String) throws {
        try withFile(text) { path in
            let reader = read(["--config-file", path])
            #expect(reader.problems.count == 1)
            #expect(reader.configuration.listener == NodeConfiguration().listener)
        }
    }

    @Test("null in the file counts as unset")
    func null() throws {
        try withFile(#"{"port": null, "host": "h"}"#) { path in
            let reader = read(["--config-file", path])
            #expect(reader.problems == [])
            #expect(reader.configuration.listener.port == 8787)
        }
    }

    @Test(
        "an unknown flag is refused with the nearest known one",
        arguments: [
            ("--prot=1", "--prot is not a known flag: did you mean --port?"),
            (
                "--rate-limit-conections-per-ip=3",
                "--rate-limit-conections-per-ip is not a known flag: did you mean --rate-limit-connections-per-ip?"
            ),
            ("--zzzzzzzzzzzzzzzz", "--zzzzzzzzzzzzzzzz is not a known flag; signal-node serve --help lists all."),
        ])
    func unknownFlag(flag: String, sentence: String) {
        #expect(read([flag]).problems == [sentence])
    }

    @Test("what is no flag, and a flag given twice, are refused")
    func strayArguments() {
        #expect(read(["8080"]).problems == ["\"8080\" is not a flag: write --name value or --name=value."])
        #expect(
            read(["--host", "a", "b"]).problems.first == "\"b\" is not a flag: write --name value or --name=value.")
        #expect(read(["--host", "a", "--host=b"]).problems.contains("--host is given twice."))
    }

    @Test("a broken or missing configuration file is named")
    func brokenFile() throws {
        #expect(read(["--config-file", "/no/such"]).problems == ["--config-file: cannot read the file /no/such."])
        for text in ["", "[]", "{\"port\": 1,,}", "null"] {
            try withFile(text) { path in
                let sentence = "The file \(path) must hold one JSON object of settings (no comments)."
                #expect(read([], ["CONFIG_FILE": path]).problems == [sentence], "\(text)")
            }
        }
    }
}

@Suite("Secrets in the configuration")
struct SecretTests {
    @Test("a secret comes from the environment, from its file, or from a path given as a flag")
    func sources() throws {
        let secret = "0123456789abcdef-from-a-secret-file"
        #expect(read([], ["CLUSTER_SECRET": secret]).configuration.access.clusterSecret == secret)
        try withFile(secret + "\n") { path in
            for reader in [read([], ["CLUSTER_SECRET_FILE": path]), read(["--cluster-secret-file", path])] {
                #expect(reader.problems == [])
                #expect(reader.configuration.access.clusterSecret == secret)
            }
        }
    }

    @Test("a digest file may list one digest per line")
    func digestFile() throws {
        let digests = [String(repeating: "a", count: 64), String(repeating: "B", count: 64)]
        try withFile(digests.joined(separator: "\n")) { path in
            let reader = read([], ["SIGNAL_TOKEN_SHA256_FILE": path])
            #expect(reader.problems == [])
            #expect(reader.configuration.access.signalTokenSHA256 == digests)
        }
    }

    @Test("a secret as a flag is refused, and its value appears in no sentence")
    func refusedAsFlag() {
        let reader = read(["--cluster-secret", "canary-canary-canary-canary-canary"])
        #expect(
            reader.problems == [
                "--cluster-secret would show a secret to everybody who can list processes: "
                    + "use CLUSTER_SECRET or CLUSTER_SECRET_FILE (a path) instead."
            ])
        #expect(reader.configuration.access.clusterSecret == nil)
    }

    @Test("an address is accepted as a flag without a password and refused with one")
    func addressAsFlag() {
        #expect(read(["--redis-url", "redis://h"]).configuration.redis.url == "redis://h")
        let reader = read(["--redis-url", "redis://:canary@h"])
        #expect(reader.problems.count == 1)
        #expect(reader.problems.first?.hasPrefix("--redis-url would show a password") == true)
        #expect(!reader.problems.joined().contains("canary"))
    }

    @Test("every part of a Redis address is checked at the start, and its sentence holds none of the text")
    func redisAddresses() {
        let secret = ["CLUSTER_SECRET": "0123456789abcdef0123456789abcdef"]
        func problems(_ environment: [String: String]) -> [String] {
            read([], environment.merging(secret) { one, _ in one }).problems
        }
        #expect(
            problems(["REDIS_URL": "redis://:canary@h:99999"]) == [
                "REDIS_URL: a port must be a number from 1 to 65535."
            ])
        let list = "a=redis://h;b=sentinel://:canary@s1,s2"
        #expect(problems(["REDIS_URLS": list]).first?.hasPrefix("REDIS_URLS (b): behind the Sentinels stands") == true)
        #expect(problems(["REDIS_URLS": list]).count == 1)
        #expect(problems(["REDIS_URLS": list + "/main"]) == [])
    }

    @Test("the login of the Sentinels reaches every address that has Sentinels, and no description")
    func sentinelLogin() throws {
        let reader = read(
            [],
            [
                "CLUSTER_SECRET": "0123456789abcdef0123456789abcdef", "REDIS_SENTINEL_USER": "ann",
                "REDIS_SENTINEL_PASSWORD": "canary", "REDIS_URLS": "a=redis://h;b=sentinel://u:canary@s1/main",
            ])
        #expect(reader.problems == [])
        let addresses = try reader.configuration.redis.addresses()
        #expect(addresses.map(\.description) == ["redis://h:6379/0", "sentinel://u:***@s1:26379/main"])
        guard case .sentinels(let group) = addresses[1] else { throw NotSentinels() }
        #expect(group.sentinelUsername == "ann")
        #expect(group.sentinelPassword == RedisPassword("canary"))
        #expect(group.username == "u")
    }

    private struct NotSentinels: Error {}

    @Test("a secret given twice, in an unreadable file or in one of several lines is refused")
    func badFiles() throws {
        #expect(
            read([], ["CLUSTER_SECRET_FILE": "/no/such"]).problems
                == ["CLUSTER_SECRET_FILE (environment): cannot read the file /no/such."])
        try withFile("one\ntwo\n") { path in
            #expect(
                read([], ["CLUSTER_SECRET_FILE": path]).problems
                    == ["CLUSTER_SECRET_FILE (environment): the file \(path) must hold exactly one line."])
            #expect(
                read([], ["CLUSTER_SECRET_FILE": path, "CLUSTER_SECRET": "canary-canary-canary-canary-32-b"]).problems
                    == ["CLUSTER_SECRET_FILE (environment) and CLUSTER_SECRET (environment) are both set: keep one."])
        }
    }

    @Test("check shows where values come from and never a secret")
    func report() {
        let secret = "canary-canary-canary-canary-32-b"
        let reader = read(["--port=9000"], ["CLUSTER_SECRET": secret, "REDIS_URL": "redis://:canary@h:1"])
        let report = CheckCommand.report(reader)
        #expect(reader.problems == [])
        #expect(!report.contains("canary"))
        #expect(report.contains("9000   from --port\n"))
        #expect(report.contains("redis://***@h:1   from REDIS_URL (environment)\n"))
        #expect(Settings.all.allSatisfy { report.contains("  \($0.names.environment) ") })
    }
}
