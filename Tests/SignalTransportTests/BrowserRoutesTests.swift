import Foundation
import SignalNode
import SignalTestKit
import Testing

/// The pages and modules that browsers get from a node.
@Suite("Files for browsers") struct BrowserRoutesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/BrowserClient")

    /// The path of each file under `client`, `demo` and `console`, relative to their common folder.
    private static func sources() throws -> [String] {
        try ["client", "demo", "console"].flatMap { name in
            try FileManager.default.subpathsOfDirectory(atPath: folder.appending(path: name).path())
                .map { "\(name)/\($0)" }
        }
        .filter { !URL(filePath: $0).pathExtension.isEmpty }
    }

    private static func servedPath(of source: String) -> String {
        switch source {
        case "demo/index.html": "/"
        case "console/index.html": "/console"
        default: "/\(source)"
        }
    }

    @Test("every file of the sources is served as it is, with the type of its extension")
    func files() async throws {
        let types = [
            "js": "text/javascript; charset=utf-8", "html": "text/html; charset=utf-8",
            "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "json": "application/json; charset=utf-8",
        ]
        let sources = try Self.sources()
        #expect(sources.contains("client/signaling-client.js") && sources.contains("console/index.html"))
        try await TestServer.run { server in
            for source in sources {
                let answer = try await TestHTTP.get(Self.servedPath(of: source), port: server.port)
                let text = try String(contentsOf: Self.folder.appending(path: source), encoding: .utf8)
                #expect(answer.status == 200, "\(source) has no place in the list of its folder")
                #expect(answer.body == text, "\(source)")
                #expect(answer.header("content-type") == types[URL(filePath: source).pathExtension], "\(source)")
            }
        }
    }

    @Test("a page may run scripts of the node alone, open any socket, and be framed by nobody")
    func policy() async throws {
        try await TestServer.run { server in
            for path in ["/", "/console", "/client/signaling-client.js"] {
                let answer = try await TestHTTP.get(path, port: server.port)
                let policy = try #require(answer.header("content-security-policy"))
                for part in [
                    "default-src 'none'", "script-src 'self';", "style-src 'self';", "connect-src 'self' ws: wss:;",
                    "frame-ancestors 'none'",
                ] {
                    #expect(policy.contains(part), "\(path): \(part)")
                }
                #expect(!policy.contains("unsafe"))
                #expect(answer.header("x-content-type-options") == "nosniff")
                #expect(answer.header("referrer-policy") == "no-referrer")
                #expect(answer.header("x-frame-options") == "DENY")
                #expect(answer.header("cache-control") == "no-cache")
            }
        }
    }

    @Test("a browser that has the file is told so, with the tag weak or among others, and HEAD has no body")
    func conditional() async throws {
        try await TestServer.run { server in
            let full = try await TestHTTP.get("/client/session.js", port: server.port)
            let tag = try #require(full.header("etag"))
            for known in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
                let answer = try await TestHTTP.get(
                    "/client/session.js", port: server.port, headers: [("If-None-Match", known)])
                #expect(answer.status == 304, "\(known)")
                #expect(answer.body.isEmpty)
                #expect(answer.header("etag") == tag)
            }
            let changed = try await TestHTTP.get(
                "/client/session.js", port: server.port, headers: [("If-None-Match", "\"other\"")])
            #expect(changed.status == 200)
            let other = try await TestHTTP.get("/client/outbox.js", port: server.port)
            #expect(other.header("etag") != tag)
            let head = try await TestHTTP.request("HEAD", "/client/session.js", port: server.port)
            #expect(head.status == 200)
            #expect(head.header("content-length") == "\(full.body.utf8.count)")
            #expect(head.body.isEmpty)
        }
    }

    @Test("only what is a file is there, only to be read, and nothing of it without BROWSER_PAGES")
    func bounds() async throws {
        let paths = ["/", "/console", "/client/signaling-client.js", "/demo/index.html"]
        try await TestServer.run { server in
            for path in ["/client", "/client/", "/client/../session.js", "/client/nothing.js", "/demo/index.html"] {
                #expect(try await TestHTTP.get(path, port: server.port).status == 404, "\(path)")
            }
            let refused = try await TestHTTP.post("/console", json: "{}", port: server.port)
            #expect(refused.status == 405)
            #expect(refused.header("allow") == "GET, HEAD, OPTIONS")
        }
        try await TestServer.run {
            $0.browserPages = false
        } _: { server in
            for path in paths {
                let answer = try await TestHTTP.get(path, port: server.port)
                #expect(answer.status == 404, "\(path)")
            }
        }
    }
}
