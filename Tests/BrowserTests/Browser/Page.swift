import Foundation
import SignalTestKit

/// One tab of a browser.
final class Page: Sendable {
    private let tools: DevTools
    private let id: String
    private let port: Int

    init(id: String, port: Int) async throws {
        self.id = id
        self.port = port
        tools = try await DevTools(port: port, path: "/devtools/page/\(id)")
        for domain in ["Page", "Runtime", "Log"] { try await tools.call("\(domain).enable") }
    }

    // MARK: Places

    /// Loads another address and waits until it is there.
    func go(to url: String) async throws {
        try await leaveDocument {
            var error: String?
            repeat {
                error = try await tools.call("Page.navigate", ["url": url])["errorText"]
            } while error == Self.interruption
            if let error { throw Browser.Failure(description: "\(url): \(error)") }
        }
    }

    /// Loads the page again, as a person does with F5.
    func reload() async throws { try await leaveDocument { try await tools.call("Page.reload") } }

    /// Closes the tab.
    func close() async throws {
        _ = try await TestHTTP.get("/json/close/\(id)", port: port, timeout: .seconds(30))
        await tools.close()
    }

    private func leaveDocument(_ leave: () async throws -> Void) async throws {
        var known = interruptions
        try await awaitDocument(after: leave)
        while interruptions > known {
            known = interruptions
            try await awaitDocument { try await tools.call("Page.reload") }
        }
    }

    private func awaitDocument(after leave: () async throws -> Void) async throws {
        _ = try await evaluate("window.isOldDocument = true")
        try await leave()
        try await wait(until: "!window.isOldDocument && document.readyState === 'complete'")
    }

    /// What Chromium says of what it was loading when a network interface of the machine came or went, as those of
    /// containers do. It is nobody's error; loading again helps.
    private static let interruption = "net::ERR_NETWORK_CHANGED"

    private var interruptions: Int { logged.filter { $0["text"]?.contains(Self.interruption) == true }.count }

    // MARK: Scripts

    /// Runs a body that loads modules; once more in a new document when that was interrupted.
    func load(_ body: String) async throws {
        let known = interruptions
        do {
            try await run(body)
        } catch {
            guard interruptions > known else { throw error }
            try await reload()
            try await load(body)
        }
    }

    /// The value of an expression, which may `await`, as JSON; `null` for none.
    ///
    /// - Throws: `Browser.Failure` with the error of the page.
    @discardableResult
    func evaluate(_ expression: String, timeout: Duration = .seconds(60)) async throws -> String {
        try await run("return (\(expression))", timeout: timeout)
    }

    /// What the body of an asynchronous function returns, as JSON.
    @discardableResult
    func run(_ body: String, timeout: Duration = .seconds(60)) async throws -> String {
        let result = try await tools.call(
            "Runtime.evaluate",
            [
                "expression": "(async () => JSON.stringify(await (async () => {\n\(body)\n})()) ?? 'null')()",
                "awaitPromise": true, "returnByValue": true,
            ], timeout: timeout)
        if let problem = result.objects("exceptionDetails").first {
            let error = problem.objects("exception").first
            throw Browser.Failure(
                description: error?["description"] ?? error?["value"] ?? problem["text"] ?? problem.text)
        }
        return result.objects("result").first?["value"] ?? "null"
    }

    /// Polls an expression until it is true.
    ///
    /// - Throws: `Browser.Failure` that says what never came true, and the last error on the way.
    func wait(until expression: String, seconds: Double = 30) async throws {
        let deadline = ContinuousClock.now + .seconds(seconds)
        var last = ""
        while ContinuousClock.now < deadline {
            do {
                last = try await evaluate(expression, timeout: .seconds(seconds))
                if last == "true" { return }
            } catch let failure as Browser.Failure {
                // A document that is just being replaced answers nothing.
                last = failure.description
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Browser.Failure(
            description: (["never true: \(expression), last: \(last)"] + errors).joined(separator: "\n"))
    }

    /// Whatever the console shows in red: exceptions, `console.error`, failed requests and refused content. That a document
    /// has no icon is nobody's error.
    var errors: [String] {
        let thrown = tools.events("Runtime.exceptionThrown").flatMap { $0.objects("exceptionDetails") }
            .map { $0.objects("exception").first?["description"] ?? $0["text"] ?? $0.text }
        let written = tools.events("Runtime.consoleAPICalled").filter { $0["type"] == "error" }
            .map { $0.objects("args").map { $0["value"] ?? $0["description"] ?? $0.text }.joined(separator: " ") }
        let noticed = logged.filter { $0["url"]?.hasSuffix("/favicon.ico") != true }
            .map { [$0["text"], $0["url"]].compactMap(\.self).joined(separator: " ") }
            .filter { !$0.contains(Self.interruption) }
        return thrown + written + noticed
    }

    private var logged: [TestMessage] {
        tools.events("Log.entryAdded").flatMap { $0.objects("entry") }.filter { $0["level"] == "error" }
    }

    /// The texts of `console.log`.
    var log: [String] {
        tools.events("Runtime.consoleAPICalled").filter { $0["type"] == "log" }
            .map { $0.objects("args").map { $0["value"] ?? $0["description"] ?? $0.text }.joined(separator: " ") }
    }

    // MARK: Looks

    /// Shows the page as wide as a device is, light or dark.
    func look(width: Int, height: Int, dark: Bool = false) async throws {
        try await tools.call(
            "Emulation.setDeviceMetricsOverride",
            ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600])
        try await tools.call(
            "Emulation.setEmulatedMedia",
            ["features": [["name": "prefers-color-scheme", "value": dark ? "dark" : "light"]]])
    }

    /// Writes what the page looks like to a PNG file.
    func screenshot(to file: URL, width: Int, height: Int, dark: Bool = false) async throws {
        try await look(width: width, height: height, dark: dark)
        let image = try await tools.call("Page.captureScreenshot", ["format": "png"])
        guard let data = image["data"].flatMap({ Data(base64Encoded: $0) }) else {
            throw Browser.Failure(description: "no picture")
        }
        try data.write(to: file)
    }
}
