import Foundation
import SignalTestKit
import Testing

/// PeerServer's protocol on one node.
@Suite("PeerJS", .serialized)
struct PeerJSTests {
    @Test(
        "an ID can be had under both paths that clients are given, from pages of any origin",
        arguments: ["/peerjs/id", "/peerjs/peerjs/id", "/peerjs/other/id"])
    func identifiers(path: String) async throws {
        let node = try NodeProcess("peerjs")
        var known: Set<String> = []
        for _ in 0..<3 {
            let answer = try await TestHTTP.get("\(path)?ts=17&version=1.5.4", port: node.port)
            #expect(answer.status == 200)
            #expect(answer.header("Access-Control-Allow-Origin") == "*")
            #expect(answer.body.wholeMatch(of: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/) != nil, "\(answer.body)")
            known.insert(answer.body)
        }
        #expect(known.count == 3)
        _ = try await PeerJSClient.open(known.removeFirst(), port: node.port)
        let peers = try await TestHTTP.get(path.replacing("/id", with: "/peers"), port: node.port)
        #expect(peers.status == 401)
    }

    @Test(
        "offers, answers, candidates and leaves go to their peer as written, with their sender",
        arguments: ["/peerjs", "/peerjs/peerjs"])
    func signals(path: String) async throws {
        let node = try NodeProcess("peerjs")
        let ann = try await PeerJSClient.open("ann", port: node.port, path: path)
        let bob = try await PeerJSClient.open("my bob", port: node.port, path: path)
        let eve = try await PeerJSClient.open("eve", port: node.port, path: path)
        try await ann.peer.send(
            #"{"type":"OFFER","src":"eve","payload":{ "sdp":"v=0\r\n","n":1.50 },"dst":"my bob"}"#)
        let offer = #"{"type":"OFFER","payload":{ "sdp":"v=0\r\n","n":1.50 },"dst":"my bob","src":"ann"}"#
        #expect(try await bob.next().text == offer)
        for type in ["ANSWER", "CANDIDATE", "LEAVE"] {
            try await bob.send(type, to: "ann", "w")
            let message = try await ann.next()
            #expect(message.type == type)
            #expect(message.src == "my bob")
            #expect(message.word == "w")
        }
        try await ann.send("OFFER", to: "ann", "to myself")
        #expect(try await ann.next().word == "to myself")
        #expect(eve.peer.waiting.isEmpty)
    }

    @Test("a heartbeat is not answered, and costs nothing")
    func heartbeat() async throws {
        let node = try NodeProcess("peerjs", settings: ["RATE_LIMIT_MESSAGES_PER_MINUTE": "5"])
        let ann = try await PeerJSClient.open("ann", port: node.port)
        for _ in 0..<50 { try await ann.peer.send(#"{"type":"HEARTBEAT"}"#) }
        try await ann.send("OFFER", to: "ann", "still here")
        #expect(try await ann.next().word == "still here")
    }

    @Test("an ID that is in use is taken for everybody but the one who took it")
    func taken() async throws {
        let node = try NodeProcess("peerjs")
        let ann = try await PeerJSClient.open("ann", port: node.port, token: "hers")
        let thief = try await PeerJSClient.dial("ann", port: node.port, token: "his")
        #expect(try await thief.next().text == #"{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}"#)
        #expect(try await thief.peer.expectClose(timeout: PeerJSClient.patience).code == 4409)
        // The same name under another key is somebody else.
        _ = try await PeerJSClient.open("ann", port: node.port, token: "his", key: "other")
        let again = try await PeerJSClient.open("ann", port: node.port, token: "hers")
        #expect(try await ann.peer.expectClose(timeout: PeerJSClient.patience).reason == "replaced")
        try await again.send("OFFER", to: "ann", "mine")
        #expect(try await again.next().word == "mine")
        await again.peer.drop()
        let deadline = ContinuousClock.now + PeerJSClient.patience
        var free = false
        while !free, ContinuousClock.now < deadline {
            free = (try? await PeerJSClient.open("ann", port: node.port, token: "his")) != nil
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(free, "an ID is free when its owner has gone")
    }

    @Test("a message for nobody expires, once for each receiver; a LEAVE for nobody does not")
    func expires() async throws {
        let node = try NodeProcess("peerjs", settings: ["PEERJS_QUEUE_MS": "300"])
        let ann = try await PeerJSClient.open("ann", port: node.port)
        try await ann.send("LEAVE", to: "gone")
        try await ann.send("OFFER", to: "no body", "1")
        try await ann.send("CANDIDATE", to: "no body", "2")
        #expect(try await ann.next().text == #"{"type":"EXPIRE","src":"no body","dst":"ann"}"#)
        try await ann.send("OFFER", to: "ann", "end")
        #expect(try await ann.next().word == "end")
    }

    @Test("who comes in time gets what waited, in order, and nothing expires")
    func waits() async throws {
        let node = try NodeProcess("peerjs", settings: ["PEERJS_QUEUE_MS": "60000"])
        let ann = try await PeerJSClient.open("ann", port: node.port)
        for number in 0..<20 { try await ann.send("CANDIDATE", to: "bob", "\(number)") }
        try await ann.send("OFFER", to: "ann", "sent")
        #expect(try await ann.next().word == "sent")
        let bob = try await PeerJSClient.open("bob", port: node.port)
        for number in 0..<20 { #expect(try await bob.next().word == "\(number)") }
        try await ann.send("OFFER", to: "ann", "end")
        #expect(try await ann.next().word == "end")
    }

    @Test("what waits is bounded, and more is refused at once")
    func queueBound() async throws {
        let node = try NodeProcess("peerjs", settings: ["PEERJS_QUEUE_MS": "60000", "INBOX_ENTRIES": "3"])
        let ann = try await PeerJSClient.open("ann", port: node.port)
        for number in 0..<4 { try await ann.send("OFFER", to: "nobody-\(number)") }
        #expect(try await ann.next().text == #"{"type":"EXPIRE","src":"nobody-3","dst":"ann"}"#)
    }

    @Test("a socket without id, token or key hears what is missing, and is closed")
    func missing() async throws {
        let node = try NodeProcess("peerjs")
        for (id, token, key) in [("", "t", "k"), ("a", "", "k"), ("a", "t", ""), ("a~b", "t", "k"), ("é", "t", "k")] {
            let client = try await PeerJSClient.dial(
                id.replacing("é", with: "%C3%A9"), port: node.port, token: token, key: key)
            #expect(try await client.next().type == "ERROR", "\(id) \(token) \(key)")
            #expect(try await client.peer.expectClose(timeout: PeerJSClient.patience).code == 4400)
        }
        let long = String(repeating: "k", count: 250)
        #expect(try await PeerJSClient.dial("a", port: node.port, key: long).next().type == "ERROR")
        #expect(try await TestHTTP.get("/peerjs/\(long)/id", port: node.port).status == 400)
    }

    @Test("bad input gets an error or nothing, and leaves the socket and the node alone")
    func badInput() async throws {
        let node = try NodeProcess("peerjs")
        let ann = try await PeerJSClient.open("ann", port: node.port)
        for text in ["{", "[]", "7", #"{"type":"OFFER","dst":7}"#, #"{"type":"OFFER","type":"LEAVE"}"#] {
            try await ann.peer.send(text)
            #expect(try await ann.next().type == "ERROR", "\(text)")
        }
        for text in [#"{"type":"WHATEVER"}"#, "{}", #"{"type":"OFFER"}"#, #"{"type":"OFFER","dst":""}"#] {
            try await ann.peer.send(text)
        }
        // A name that nobody can have does not have to be waited for.
        try await ann.send("OFFER", to: "a/b")
        #expect(try await ann.next().text == #"{"type":"EXPIRE","src":"a/b","dst":"ann"}"#)
        try await ann.send("OFFER", to: "ann", "alive")
        #expect(try await ann.next().word == "alive")
        try await ann.peer.send(#"{"type":"LEAVE"}"#)
        #expect(try await ann.peer.expectClose(timeout: PeerJSClient.patience).code == 1000)
        _ = try await PeerJSClient.open("ann", port: node.port, token: "another")
    }

    @Test("a message over the rate of the address is only said not to have reached its peer")
    func rates() async throws {
        let node = try NodeProcess("peerjs", settings: ["RATE_LIMIT_MESSAGES_PER_MINUTE": "5"])
        let ann = try await PeerJSClient.open("ann", port: node.port)
        for number in 0..<5 {
            try await ann.send("OFFER", to: "ann", "\(number)")
            #expect(try await ann.next().word == "\(number)")
        }
        try await ann.send("OFFER", to: "ann", "over")
        #expect(try await ann.next().type == "EXPIRE")
    }

    @Test("where rooms need a token, the client's own token is it")
    func tokens() async throws {
        let node = try NodeProcess("peerjs", settings: ["SIGNAL_TOKEN_SHA256": OldServerContractTests.digest])
        let stranger = try await PeerJSClient.dial("ann", port: node.port)
        #expect(try await stranger.next().type == "ERROR")
        #expect(try await stranger.peer.expectClose(timeout: PeerJSClient.patience).code == 4401)
        let ann = try await PeerJSClient.open("ann", port: node.port, token: OldServerContractTests.token)
        try await ann.send("OFFER", to: "ann", "in")
        #expect(try await ann.next().word == "in")
    }
}
