import Foundation
import SignalDomain
import Testing

@Suite("Refusal")
struct RefusalTests {
    static let all: [Refusal] = [
        .notFound, .methodNotAllowed(allowed: "GET, POST"), .badRequest("No."), .invalidJSON,
        .bodyTooLarge(maxBytes: 16_384),
        .unsupportedMediaType, .rateLimited(retryAfterSeconds: 3), .inviteInvalid, .internalError,
        .unavailable(retryAfterSeconds: 1), .upgradeRequired, .badName(NameError(field: .room, reason: .empty)),
        .blocked,
        .originRefused, .tooManyConnections(retryAfterSeconds: 5), .unauthorized,
        .tooManyFailures(retryAfterSeconds: 60),
        .forbidden, .banned, .roomFull, .roomClosed, .inUse, .draining(retryAfterSeconds: 2),
        .overloaded(retryAfterSeconds: 2),
    ]

    @Test("every body is a problem with code and error", arguments: all)
    func rendersProblems(refusal: Refusal) throws {
        let body = try JSONSerialization.jsonObject(with: Data(refusal.problemJSON)) as? [String: Any]
        #expect(body?["type"] as? String == "about:blank")
        #expect(body?["status"] as? Int == refusal.status)
        #expect(body?["title"] as? String == refusal.title)
        #expect(body?["code"] as? String == refusal.code)
        #expect(body?["error"] as? String == refusal.sentence)
        #expect(body?["detail"] as? String == refusal.sentence)
    }

    @Test("429 and 503 say when to come back, others do not", arguments: all)
    func saysWhen(refusal: Refusal) {
        #expect((refusal.retryAfterSeconds != nil) == [429, 503].contains(refusal.status))
        #expect(refusal.headers.contains { $0.0 == "Retry-After" } == [429, 503].contains(refusal.status))
    }

    @Test("headers that HTTP asks for")
    func carriesHeaders() {
        #expect(Refusal.methodNotAllowed(allowed: "GET").headers.contains { $0 == ("Allow", "GET") })
        #expect(Refusal.unauthorized.headers.contains { $0.0 == "WWW-Authenticate" && $0.1.hasPrefix("Bearer") })
        #expect(Refusal.upgradeRequired.headers.contains { $0 == ("Upgrade", "websocket") })
    }

    @Test("block rules and 429 never become a close after the upgrade")
    func staysBeforeTheUpgrade() {
        #expect(Refusal.blocked.closing == nil)
        #expect(Self.all.filter { $0.status == 429 }.allSatisfy { $0.closing == nil })
        #expect(Refusal.unauthorized.closing == .unauthorized && Refusal.inUse.closing == .inUse)
    }

    @Test("text in a refusal is escaped")
    func escapesText() throws {
        let refusal = Refusal.badRequest("a \"quoted\"\nword")
        let body = try JSONSerialization.jsonObject(with: Data(refusal.problemJSON)) as? [String: Any]
        #expect(body?["error"] as? String == "a \"quoted\"\nword")
    }
}
