import SignalDomain
import Testing

@Suite("Dialect")
struct DialectTests {
    @Test(
        "dialect 2 is chosen when it is offered, whatever else is; a token is never chosen",
        arguments: [
            ([], Dialect.one), (["browser-sync.v2"], .two), (["bs.bearer.AAAA", "browser-sync.v2"], .two),
            (["browser-sync.v2", "browser-sync.v2"], .two), (["bs.bearer.AAAA"], .one), (["browser-sync.v3"], .one),
            (["Browser-Sync.v2"], .one), (["browser-sync.v2 "], .one), (["graphql-ws", "browser-sync.v2"], .two),
        ])
    func chooses(offers: [String], dialect: Dialect) {
        #expect(Dialect(offered: offers) == dialect)
        #expect(Dialect(offered: offers.map { $0[...] }) == dialect)
        let answer = Dialect(offered: offers).subprotocol
        #expect(answer == nil || answer == "browser-sync.v2")
        #expect((answer != nil) == (dialect == .two))
    }
}
