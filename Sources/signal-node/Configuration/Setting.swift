import Logging
import SignalNode

/// One row of the table of settings: its names, its meaning and the place of its value in `NodeConfiguration`.
///
/// The key is the only written name; the environment variable, the flag and the names of the secret's file follow from
/// it by rule, so that they cannot drift apart.
struct Setting: Sendable {
    /// The camelCase key of the configuration file.
    let key: String
    let group: Group
    let value: Value
    let secrecy: Secrecy
    /// One sentence for the help and the documentation.
    let help: String
    /// Says in words what the default is when it is not a constant.
    let defaultInWords: String?

    init(
        _ key: String, _ group: Group, _ value: Value, secrecy: Secrecy = .open, default words: String? = nil,
        _ help: String
    ) {
        self.key = key
        self.group = group
        self.value = value
        self.secrecy = secrecy
        self.defaultInWords = words
        self.help = help
    }

    /// The headings of the documentation, in its order.
    enum Group: String, CaseIterable, Sendable {
        case node = "Node"
        case listener = "Listener"
        case access = "Access"
        case redis = "Redis"
        case cluster = "Cluster timings"
        case drain = "Drain"
        case rates = "Rate limits"
        case handshake = "Handshake and HTTP"
        case messages = "Messages"
        case outbound = "Outbound queues"
        case liveness = "Liveness of sockets"
        case rooms = "Rooms"
        case delivery = "Delivery and resume"
        case compatibility = "Other clients"
        case rendezvous = "Rendezvous"
        case turn = "TURN"
        case audit = "Audit log"
        case telemetry = "Telemetry"
        case console = "Console"
    }

    /// Where in the configuration a value is stored.
    typealias Place<Stored> = any WritableKeyPath<NodeConfiguration, Stored> & Sendable

    /// What kind of text is read, and where it is stored.
    enum Value: Sendable {
        case integer(Place<Int>, ClosedRange<Int>, Unit)
        case bool(Place<Bool>)
        case text(Place<String>)
        case optionalText(Place<String?>)
        case list(Place<[String]>)
        case level(Place<Logger.Level>)
    }

    /// The unit of an integer.
    enum Unit: String, Sendable {
        case milliseconds = "ms"
        case seconds = "s"
        case days = "days"
        case bytes = "bytes"
        case count = ""
    }

    /// How carefully the value is handled.
    enum Secrecy: Sendable {
        /// May be shown anywhere.
        case open
        /// An address that may carry a password: shown without it, and refused as a flag when it does.
        case address
        /// Never shown, never accepted as a flag, and also read from a file.
        case secret
    }

    /// Whether the value may also come from a file named by `fileKey`.
    var hasFileForm: Bool { secrecy != .open }
}

extension Setting {
    /// The three spellings of a key.
    struct Names: Sendable, Equatable {
        let key: String
        /// The words of the key in lower case: `rateLimitDryRun` → `rate limit dry run`.
        let words: [String]

        init(key: String) {
            self.key = key
            words = key.reduce(into: [""]) { words, character in
                if character.isUppercase { words.append("") }
                words[words.count - 1] += character.lowercased()
            }
        }

        /// `rateLimitDryRun` → `RATE_LIMIT_DRY_RUN`
        var environment: String { words.joined(separator: "_").uppercased() }
        /// `rateLimitDryRun` → `--rate-limit-dry-run`
        var flag: String { "--" + words.joined(separator: "-") }
    }

    var names: Names { Names(key: key) }

    /// The names under which the path of a file with this value is given.
    var fileNames: Names { Names(key: key + "File") }
}
