import SignalDomain
import Testing

@Suite("Invite codes and tickets")
struct InviteCodeTests {
    @Test("a code has 28 characters, names its shard, and is read however a person types it")
    func codes() throws {
        var random = SystemRandomNumberGenerator()
        for shard in [0, 1, 31, 32, 1_023] {
            let code = InviteCode(shard: shard, using: &random)
            #expect(code.text.utf8.count == 28)
            let typed = code.text.lowercased().replacing("1", with: "l").replacing("0", with: "o")
            let grouped = String(typed.prefix(5)) + "-" + String(typed.dropFirst(5)) + " "
            let read = try #require(InviteCode(grouped))
            #expect(read == code)
            #expect(read.shard == shard)
            #expect(!"\(code)".contains(code.text))
        }
    }

    @Test("130 bits are random: no character stands still and no code comes twice")
    func random() {
        var random = SystemRandomNumberGenerator()
        let codes = (0..<500).map { _ in Array(InviteCode(shard: 0, using: &random).text.utf8) }
        #expect(Set(codes).count == 500)
        for position in 2..<28 { #expect(Set(codes.map { $0[position] }).count == 32, "position \(position)") }
    }

    @Test(
        "anything else is no code",
        arguments: [
            "", "0", String(repeating: "U", count: 28), String(repeating: "0", count: 29),
            String(repeating: "0", count: 27), String(repeating: "é", count: 14), String(repeating: "-", count: 70),
        ])
    func wrong(_ text: String) {
        #expect(InviteCode(text) == nil)
    }

    @Test("an invite ID is exactly its shard and 32 digits")
    func ids() throws {
        let id = try #require(InviteID(shard: 3, digest: String(repeating: "a1", count: 32)))
        #expect(id.text == "3-" + String(repeating: "a1", count: 16))
        #expect(InviteID(text: id.text) == id)
        for text in [
            "", "3", "-", "03" + id.text.dropFirst(), "3-" + String(repeating: "A", count: 32), id.text + "0",
            "-1" + id.text.dropFirst(), "3-x}{" + String(repeating: "a", count: 29),
        ] {
            #expect(InviteID(text: text) == nil, "\(text)")
        }
    }

    @Test("whom a ticket lets in is read as it was written")
    func holders() throws {
        let room = try RoomKey(namespace: "a|b", room: "c")
        for principal in [
            Principal(grants: [], isAuthenticated: true),
            Principal(
                subject: "|", tokenID: "ü", grants: .all, expiresAt: 7, peer: try PeerID("p"), isAuthenticated: true),
        ] {
            let holder = TicketHolder(room: room, principal: principal)
            #expect(TicketHolder(text: holder.text) == holder)
        }
        #expect(TicketHolder(text: "a::b|x|y|z|1") == nil)
        #expect(TicketHolder(text: "a::b|p|s|t|999|0") == nil)
    }
}
