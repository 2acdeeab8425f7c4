import Crypto
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A TURN client over UDP with long-term credentials (RFC 8656, RFC 8489 §9.2), as far as tests need one.
///
/// Methods block for some milliseconds. Not thread-safe: one test uses it.
public final class TurnClient {
    public enum Failure: Error, Equatable {
        case noSocket
        case noAnswer
        /// The server refused with this code.
        case refused(Int)
    }

    private let socketFile: Int32
    private let username: String
    private let password: String
    private var realm = ""
    private var nonce = ""

    /// - Parameter port: of a TURN server on the loopback.
    public init(port: Int, username: String, password: String) throws {
        self.username = username
        self.password = password
        #if canImport(Glibc)
            socketFile = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        #else
            socketFile = socket(AF_INET, SOCK_DGRAM, 0)
        #endif
        guard socketFile >= 0 else { throw Failure.noSocket }
        var patience = timeval(tv_sec: 0, tv_usec: 500_000)
        setsockopt(socketFile, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port).bigEndian)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let connected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socketFile, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard connected == 0 else { throw Failure.noSocket }
    }

    deinit { close(socketFile) }

    /// Asks for a relay address.
    ///
    /// - Returns: how long the server keeps it, in seconds.
    public func allocate() throws -> Int {
        var request = StunMessage(.allocate)
        request.add(.requestedTransport, [17, 0, 0, 0])
        let answer = try ask(request)
        guard answer[.relayedAddress] != nil, let lifetime = answer[.lifetime] else { throw Failure.noAnswer }
        return lifetime.reduce(0) { $0 << 8 | Int($1) }
    }

    /// Asks to let packets of a peer through the allocation, and to it.
    public func permit(_ peer: String) throws {
        var request = StunMessage(.createPermission)
        request.add(.peerAddress, StunMessage.xorAddress(peer, port: 9))
        _ = try ask(request)
    }

    /// Gives the allocation back.
    public func release() throws {
        var request = StunMessage(.refresh)
        request.add(.lifetime, [0, 0, 0, 0])
        _ = try ask(request)
    }

    /// Sends a request, with credentials as soon as the server has said for which realm.
    private func ask(_ request: StunMessage) throws -> StunMessage {
        var challenges = 0
        while true {
            let answer = try exchange(nonce.isEmpty ? request.bytes() : signed(request))
            guard let code = answer.errorCode else { return answer }
            // 401 to the bare request and 438 to a stale nonce are how the server says realm and nonce.
            guard challenges < 2, code == 438 || code == 401 && nonce.isEmpty, let realm = answer.text(.realm),
                let nonce = answer.text(.nonce)
            else { throw Failure.refused(code) }
            challenges += 1
            self.realm = realm
            self.nonce = nonce
        }
    }

    private func signed(_ request: StunMessage) -> [UInt8] {
        var request = request
        request.add(.username, username)
        request.add(.realm, realm)
        request.add(.nonce, nonce)
        return request.bytes(key: Array(Insecure.MD5.hash(data: Array("\(username):\(realm):\(password)".utf8))))
    }

    /// Repeats an unanswered request (RFC 8489 §6.2.1).
    private func exchange(_ bytes: [UInt8]) throws -> StunMessage {
        for _ in 0..<6 {
            _ = send(socketFile, bytes, bytes.count, 0)
            var buffer = [UInt8](repeating: 0, count: 2_048)
            let count = recv(socketFile, &buffer, buffer.count, 0)
            guard count > 0, let answer = StunMessage(Array(buffer[..<count])),
                answer.transaction == Array(bytes[8..<20])
            else { continue }
            return answer
        }
        throw Failure.noAnswer
    }
}

/// What a node issues (draft-uberti-behave-turn-rest-00), made by hand: to make expired ones.
public enum TurnPassword {
    public static func of(_ username: String, secret: String) -> String {
        let key = SymmetricKey(data: Array(secret.utf8))
        let code = HMAC<Insecure.SHA1>.authenticationCode(for: Array(username.utf8), using: key)
        return Data(code).base64EncodedString()
    }
}
