import FailoverHistory

/// The names that clients have in their rooms, from their numbers and back.
enum PeerNames {
    static func name(of number: Int) -> String { "c\(number)" }

    /// `Client.stranger` for a name that no client of this run can have.
    static func client(named name: String) -> Client {
        guard name.hasPrefix("c"), let number = Int32(name.dropFirst()), number >= 0 else { return .stranger }
        return Client(Int(number))
    }
}
