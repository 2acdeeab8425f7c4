import NIOCore
import Testing

@testable import signal_node

@Suite("The commands that talk to a live node")
struct AdminCommandTests {
    @Test("a table is aligned, and what others chose as a name cannot move the cursor")
    func table() {
        var table = TextTable(["name", "n"])
        table.add(["a", "1"])
        table.add(["long\u{1B}[2J name", "22"])
        #expect("\(table)" == "NAME           N\na              1\nlong?[2J name  22")
    }

    @Test("a segment of a path keeps nothing that could end it")
    func segments() {
        #expect(pathSegment("team-1._~") == "team-1._~")
        #expect(pathSegment("a/b ü?%") == "a%2Fb%20%C3%BC%3F%25")
    }

    @Test("an answer is read when all of it is there, and only if it is HTTP")
    func answers() {
        let whole = "HTTP/1.1 201 Created\r\ncontent-length: 3\r\n\r\nabc"
        for length in 0..<whole.utf8.count {
            let part = ByteBuffer(bytes: Array(whole.utf8).prefix(length))
            #expect(HTTPAnswer.read(part) == .incomplete, "\(length)")
        }
        #expect(HTTPAnswer.read(ByteBuffer(string: whole)) == .complete(HTTPAnswer(status: 201, body: "abc")))
        #expect(
            HTTPAnswer.read(ByteBuffer(string: "HTTP/1.1 204 No Content\r\n\r\n"))
                == .complete(HTTPAnswer(status: 204, body: "")))
        #expect(HTTPAnswer.read(ByteBuffer(string: "SSH-2.0\r\n")) == .notHTTP)
        #expect(
            HTTPAnswer.read(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")) == .notHTTP)
    }

    @Test("a request tells nobody its token")
    func hidden() {
        let request = NodeClient.Request(method: "GET", target: "/admin/nodes", token: "secret")
        #expect("\(request)" == "GET /admin/nodes")
    }
}
