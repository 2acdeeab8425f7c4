import Foundation
import SignalDomain
import SignalTestKit

/// What an operator of a test cluster knows and does.
struct Operator {
    static let token = "operator-token"
    /// Knows that token and the key of `roomToken`; rooms of the namespace `club` are for the invited, all others public.
    static let settings = [
        "ADMIN_TOKEN_SHA256": "0850123315d21ab90f4f7236408a52ef6dbd6a02a6550e5c10dc73f4d993680e",
        "INVITE_NAMESPACES": "club", "PUBLIC_NAMESPACES": "*", "JWT_KEYS_FILE": keysFile,
    ]

    /// Holds the key `h` of `TestKeys`.
    private static let keysFile: String = {
        let file = FileManager.default.temporaryDirectory.appending(path: "keys-\(UUID().uuidString).json")
        _ = FileManager.default.createFile(atPath: file.path(), contents: Data(TestKeys.set(TestKeys.hmac)))
        return file.path()
    }()

    let port: Int
    var token = Operator.token

    var headers: [(String, String)] { [("Authorization", "Bearer \(token)")] }

    func post(_ path: String, _ json: String = "{}") async throws -> TestHTTP.Answer {
        try await TestHTTP.post(path, json: json, port: port, headers: headers, timeout: .seconds(20))
    }

    func get(_ path: String) async throws -> TestHTTP.Answer {
        try await TestHTTP.get(path, port: port, headers: headers)
    }

    func delete(_ path: String) async throws -> TestHTTP.Answer {
        try await TestHTTP.request("DELETE", path, port: port, headers: headers)
    }

    /// A verb in the room `global/r`.
    func verb(_ verb: String, _ json: String) async throws -> TestHTTP.Answer {
        try await post("/admin/rooms/global/r/\(verb)", json)
    }

    /// Makes an invite to `club/r`; answers its id and code.
    func invite(uses: Int = 1, grants: String? = nil, expiresIn: Int = 60_000) async throws -> (
        id: String, code: String
    ) {
        let granted = grants.map { #","grants":\#($0)"# } ?? ""
        let json = #"{"namespace":"club","room":"r","maxUses":\#(uses),"expiresInMs":\#(expiresIn)\#(granted)}"#
        let object = try await post("/invites", json).object
        return (object["id"] as? String ?? "", object["code"] as? String ?? "")
    }

    /// A token for `club/r` of somebody who redeemed an invite.
    func invitedToken(_ grants: String = #"["join","read","write"]"#, at port: Int? = nil) async throws -> String {
        let invite = try await invite(grants: grants)
        let answer = try await TestHTTP.post(
            "/invites/redeem", json: #"{"code":"\#(invite.code)"}"#, port: port ?? self.port)
        return answer.object["token"] as? String ?? ""
    }

    /// A room token of a new subject for `global/r`.
    func roomToken(_ grants: String = #"["join","read","write"]"#) throws -> String {
        let names = try JSONDecoder().decode([String].self, from: Data(grants.utf8))
        return TestKeys.token(UUID().uuidString, namespace: "global", grants: Grants(names: names) ?? [])
    }
}

extension TestHTTP.Answer {
    /// The body as a JSON object; empty when it is none.
    var object: [String: Any] {
        (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
    }

    var code: String? { object["code"] as? String }
}
