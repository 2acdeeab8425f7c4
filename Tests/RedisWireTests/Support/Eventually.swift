import Testing

/// Waits until the condition holds; that it never does is the failure. The bound is generous: it decides nothing about
/// speed, it only ends a test that would hang.
func eventually(
    _ what: Comment, within bound: Duration = .seconds(30), at location: SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + bound
    while ContinuousClock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("never happened: \(what)", sourceLocation: location)
    throw NeverHappened()
}

struct NeverHappened: Error {}
