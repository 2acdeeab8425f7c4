/// How the clients of each round came back.
struct SessionTally: Sendable {
    var socketsLost = 0
    var resumes: [Sample] = []
    /// `resumed:false` although the `hello` came while the session had the right to be resumed.
    var brokenResumes = 0
    var newSessions = 0
    /// Of these, those of clients that asked for their session while it could be resumed, whatever was away: an honest
    /// node that cannot look says 1013.
    var renewedInWindow = 0
    /// Lost their socket and never came back.
    var stranded = 0
    /// The longest time for which one client held two welcomed sockets.
    var maxOverlap: Int64 = 0
}

struct SessionJudge: Sendable {
    private let truth: Truth
    private(set) var tallies: [SessionTally]
    private(set) var findings = Findings()

    init(truth: Truth) {
        self.truth = truth
        tallies = Array(repeating: SessionTally(), count: truth.world.rounds.count)
    }

    mutating func judge() {
        for (client, life) in truth.lives.byClient {
            for incarnation in life.incarnations { judge(client, incarnation) }
        }
    }

    private mutating func judge(_ client: Client, _ incarnation: Life.Incarnation) {
        for resume in incarnation.resumes {
            guard !resume.wasGivenUp || outlastsHarm(resume) else { continue }
            let from = resume.wasGivenUp ? resume.beganAt : resume.lostAt
            tally(at: resume.lostAt) {
                $0.socketsLost += 1
                $0.resumes.append(Sample(at: resume.welcomedAt, duration: resume.welcomedAt - from))
            }
        }
        for (earlier, later) in zip(incarnation.connections, incarnation.connections.dropFirst()) {
            let overlap = min(earlier.until, truth.world.end) - later.from
            tally(at: later.from) { $0.maxOverlap = max($0.maxOverlap, overlap) }
        }
        let lostAt = incarnation.lostAt
        switch incarnation.ending {
        case .leftOnPurpose: return
        case .notResumed(let helloAt, let welcomedAt, let asked):
            let isInWindow = asked && helloAt - lostAt < truth.timing.leaveWindow
            tally(at: lostAt) {
                $0.socketsLost += 1
                $0.newSessions += 1
                $0.renewedInWindow += isInWindow ? 1 : 0
            }
            guard asked, hadRight(incarnation, helloAt: helloAt, welcomedAt: welcomedAt) else { return }
            note(.brokenResume, at: lostAt, "\(client) came back in time and was not resumed") { $0.brokenResumes += 1 }
        case .vanished(_, planned: true): tally(at: lostAt) { $0.socketsLost += 1 }
        case .none where lostAt == .max || truth.world.end - lostAt < truth.allowance.sweep: return
        case .none, .vanished:
            tally(at: lostAt) { $0.socketsLost += 1 }
            note(.stranded, at: lostAt, "\(client) never came back") { $0.stranded += 1 }
        }
    }

    /// Inside the window and with Redis reachable, `resumed:true` is a must (protocol.md §4): what counts is the last
    /// `hello`, for the earlier ones were told 1013. Only Redis knows a session whose node is lost, and may forget it.
    private func hadRight(_ incarnation: Life.Incarnation, helloAt: Int64, welcomedAt: Int64) -> Bool {
        let departure = Departure(
            ending: incarnation, world: truth.world, timing: truth.timing, allowance: truth.allowance)
        guard let departure, helloAt <= departure.sightable.lowerBound else { return false }
        let answering = helloAt..<max(welcomedAt, helloAt + 1)
        guard !truth.world.redisAway.overlaps(answering) else { return false }
        let remembering = (incarnation.lostAt - truth.timing.lease)..<max(welcomedAt, incarnation.lostAt)
        return departure.nodeLostAt == nil || !truth.world.redisLosses.contains { remembering.contains($0) }
    }

    /// Whether a client that had gone by its own will was away when the harm of its round ended.
    private func outlastsHarm(_ resume: Life.Resume) -> Bool {
        guard let round = truth.world.rounds.index(at: resume.lostAt),
            let healedAt = truth.world.rounds[round].healedAt
        else { return false }
        return resume.lostAt < healedAt && healedAt <= resume.welcomedAt
    }

    private mutating func tally(at: Int64, _ body: (inout SessionTally) -> Void) {
        guard let round = truth.world.rounds.index(at: at) else { return }
        body(&tallies[round])
    }

    private mutating func note(_ kind: Finding.Kind, at: Int64, _ text: String, _ body: (inout SessionTally) -> Void) {
        guard let round = truth.world.rounds.index(at: at) else { return }
        body(&tallies[round])
        findings.add(kind, at: at, step: truth.world.rounds[round].step, text)
    }
}
