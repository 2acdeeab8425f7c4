import Foundation
import NIOPosix

/// The `docker` command; it knows by itself where its engine is.
enum Docker {
    /// Runs it, and blocks until it has ended.
    ///
    /// - Returns: its output without the last line break.
    /// - Throws: `RigFailure` with the words that failed and what it complained of.
    @discardableResult
    static func run(_ words: [String], environment: [String: String] = [:]) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["docker"] + words
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        let (output, complaints) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = complaints
        try process.run()
        // What it complains of fits into a pipe; what it answers may not.
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            let why = String(decoding: complaints.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            throw RigFailure(
                "docker \(words.joined(separator: " ")): \(why.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
        return text.trimmingCharacters(in: .newlines)
    }

    /// The same without blocking the caller's thread.
    @discardableResult
    static func later(_ words: [String], environment: [String: String] = [:]) async throws -> String {
        try await NIOThreadPool.singleton.runIfActive { try run(words, environment: environment) }
    }
}
