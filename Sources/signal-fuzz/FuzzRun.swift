/// The readers that are fed.
enum FuzzName: String, CaseIterable, Sendable {
    case http, frames, scanner, inbox, cookie, hello, forwarded, proxy, path, body, token, jwks, blocks

    func makeTarget() -> any FuzzTarget {
        switch self {
        case .http: HTTPFuzz()
        case .frames: FrameFuzz()
        case .scanner: ScannerFuzz()
        case .inbox: InboxFuzz()
        case .cookie: CookieFuzz()
        case .hello: HelloFuzz()
        case .forwarded: ForwardedFuzz()
        case .proxy: ProxyFuzz()
        case .path: PathFuzz()
        case .body: BodyFuzz()
        case .token: TokenFuzz()
        case .jwks: KeySetFuzz()
        case .blocks: BlockFuzz()
        }
    }
}

/// Runs the cases of one target.
struct FuzzRun {
    let name: FuzzName
    let seed: UInt64

    /// The most findings that are reported before a run ends.
    static let maxFindings = 10

    init(_ name: FuzzName, seed: UInt64) {
        self.name = name
        self.seed = seed
    }

    struct Result {
        let name: FuzzName
        let seed: UInt64
        var cases: UInt64 = 0
        var accepted: UInt64 = 0
        var findings: [String] = []

        var text: String {
            let share = cases == 0 ? 0 : accepted * 100 / cases
            let line =
                "\(name.rawValue): \(cases) cases from seed \(seed), \(share) % accepted, \(findings.count) findings"
            return ([line] + findings).joined(separator: "\n")
        }
    }

    func run(cases: UInt64) async -> Result {
        var target = name.makeTarget()
        var result = Result(name: name, seed: seed)
        for number in 0..<cases {
            let caseSeed = seed &+ number
            CaseWitness.begin(caseSeed)
            var random = FuzzRandom(seed: caseSeed)
            result.cases += 1
            do throws(Finding) {
                if try await target.run(&random) { result.accepted += 1 }
            } catch {
                let input = String(decoding: error.input.prefix(400), as: UTF8.self).debugDescription
                result.findings.append(
                    "  \(error.promise)\n    signal-fuzz --target \(name.rawValue) --seed \(caseSeed) --cases 1\n"
                        + "    \(error.input.count) bytes: \(input)")
                if result.findings.count == Self.maxFindings { break }
            }
        }
        return result
    }
}
