import SignalDomain

extension NodeConfiguration {
    /// What is wrong with the settings of tokens and rooms.
    func tokenProblems() -> [String] {
        var found: [String] = []
        for (index, digest) in tokens.adminTokenSHA256.enumerated() where !TextForm.isSHA256Hex(digest) {
            found.append(
                "ADMIN_TOKEN_SHA256: entry \(index + 1) must be 64 hex digits (printf %s \"$TOKEN\" | sha256sum), "
                    + "but has \(digest.utf8.count) characters.")
        }
        let shared = Set(access.signalTokenSHA256.map { $0.lowercased() })
        if tokens.adminTokenSHA256.contains(where: { shared.contains($0.lowercased()) }) {
            found.append("ADMIN_TOKEN_SHA256 and SIGNAL_TOKEN_SHA256 share a token: every client would be an operator.")
        }
        for (name, patterns) in [
            ("PUBLIC_NAMESPACES", policy.publicNamespaces), ("INVITE_NAMESPACES", policy.inviteNamespaces),
            ("ADMIN_NAMESPACES", policy.adminNamespaces),
        ] {
            for pattern in patterns where NamePattern(pattern) == nil {
                found.append("\(name): \"\(pattern)\" may have a * only at its end.")
            }
        }
        if !["allow", "deny"].contains(policy.publicWrite) {
            found.append("PUBLIC_WRITE must be allow or deny, but is \"\(policy.publicWrite)\".")
        }
        return found
    }
}
