import NIOCore
import NIOHTTP1
import SignalDomain

/// A refusal as a complete HTTP/1.1 answer that ends the connection, for requests that never reach the routes.
struct ProblemAnswer {
    let head: HTTPResponseHead
    let body: ByteBuffer

    init(_ refusal: Refusal) {
        body = ByteBuffer(bytes: refusal.problemJSON)
        var headers = HTTPHeaders(refusal.headers)
        headers.add(name: "Content-Type", value: Refusal.contentType)
        headers.add(name: "Content-Length", value: String(body.readableBytes))
        headers.add(name: "Cache-Control", value: "no-store")
        headers.add(name: "Connection", value: "close")
        head = HTTPResponseHead(
            version: .http1_1, status: HTTPResponseStatus(statusCode: refusal.status, reasonPhrase: refusal.title),
            headers: headers)
    }
}
