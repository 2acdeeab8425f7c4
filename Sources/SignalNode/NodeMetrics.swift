import Backplane
import CoreMetrics
public import SignalDomain
import Synchronization

/// Every `bs_*` metric of the node, in one place: its name, its meaning and the only code that changes it.
///
/// Safe from any thread: the backend's counters are atomic, the label admission sits behind a `Mutex`.
public final class NodeMetrics: Sendable {
    let connections = Counter(label: Family.connections.rawValue)
    private let messages = Counter(label: Family.messages.rawValue)
    let authFailures = Counter(label: Family.authFailures.rawValue)
    let rateLimited = Counter(label: Family.rateLimited.rawValue)
    let deliveries = Counter(label: Family.deliveries.rawValue)
    let relayPublished = Counter(label: Family.relayPublished.rawValue)
    let relayReceived = Counter(label: Family.relayReceived.rawValue)
    let relayDropped = Counter(label: Family.relayDropped.rawValue)
    let degradedDrops = Counter(label: Family.degradedDrops.rawValue)
    let refences = Counter(label: Family.refences.rawValue)
    let swept = Counter(label: Family.membersSwept.rawValue)
    let epochChanges = Counter(label: Family.epochChanges.rawValue)
    private let roundTrip = Timer(label: Family.roundTrip.rawValue)
    /// The same numbers where the node itself can read them, for the consoles of operators.
    let tally = NodeTally()
    /// All of them from the start: an increase of what was not there before is none to Prometheus.
    private let reconnects = Dictionary(
        uniqueKeysWithValues: LinkLoss.allCases.map {
            ($0, Counter(label: Family.reconnects.rawValue, dimensions: [("reason", $0.rawValue)]))
        })
    private let relayUsage = Counter(label: Family.relayUsage.rawValue)
    private let slowConsumers = Counter(label: Family.slowConsumers.rawValue)
    private let labelOverflow = Counter(label: Family.labelOverflow.rawValue)
    private let active = Mutex(0)
    private let iceStates = LabeledCounters(.iceState, IceState.allCases.map(\.rawValue))
    private let iceOutcomes = LabeledCounters(.iceOutcomes, ["succeeded", "failed"])
    private let failureReasons = LabeledCounters(.failureReason, FailureReason.allCases.map(\.rawValue))
    private let rejections = LabeledCounters(.rejected, ErrorCode.allCases.map(\.rawValue))
    private let closes = LabeledCounters(.closes, closeCodes.map { "\($0)" } + ["other"])
    private let receipts = LabeledCounters(
        .receipts, ["stored", "received", "written"] + Outcome.Refusal.allCases.map(\.rawValue))
    private static let closeCodes = Set((1000...1015) + CloseReason.allCases.map(\.code))
    private let labels: Mutex<RegionCarrierLabels>

    /// - Parameter labels: which regions and carriers may be shown.
    public init(labels: RegionCarrierLabels.Limits = .init()) {
        self.labels = Mutex(RegionCarrierLabels(limits: labels))
    }

    /// The families, with what Prometheus is told about each.
    public enum Family: String, CaseIterable, Sendable {
        case connections = "bs_ws_connections_total"
        case activeConnections = "bs_ws_active_connections"
        case messages = "bs_ws_messages_total"
        case deliveries = "bs_ws_deliveries_total"
        case authFailures = "bs_ws_auth_failures_total"
        case rateLimited = "bs_ws_rate_limited_total"
        case rejected = "bs_ws_rejected_total"
        case closes = "bs_ws_close_total"
        case slowConsumers = "bs_ws_send_queue_dropped_total"
        case relayUsage = "bs_relay_usage_total"
        case iceState = "bs_ice_state_total"
        case iceOutcomes = "bs_ice_outcomes_total"
        case failureReason = "bs_failure_reason_total"
        case regionCarrier = "bs_region_carrier_total"
        case labelOverflow = "bs_label_overflow_total"
        case receipts = "bs_receipts_total"
        case relayPublished = "bs_cluster_relay_published_total"
        case relayReceived = "bs_cluster_relay_received_total"
        case relayDropped = "bs_cluster_relay_dropped_total"
        case degradedDrops = "bs_degraded_drops_total"
        case degraded = "bs_degraded"
        case refences = "bs_cluster_refences_total"
        case rendezvousRegisters = "bs_rendezvous_registers_total"
        case rendezvousDiscovers = "bs_rendezvous_discovers_total"
        case rendezvousWatches = "bs_rendezvous_watches"
        case redisUp = "bs_redis_up"
        case draining = "bs_draining"
        case rooms = "bs_rooms"
        case auditEntries = "bs_audit_entries_total"
        case auditLost = "bs_audit_lost_total"
        case blocked = "bs_blocked_total"
        case reconnects = "bs_redis_reconnects_total"
        case epochChanges = "bs_redis_epoch_changes_total"
        case roundTrip = "bs_redis_roundtrip_seconds"
        case membersSwept = "bs_members_swept_total"
        case memoryLimit = "bs_memory_limit_bytes"
        case buildInfo = "bs_build_info"

        /// Whether the value is read at the scrape, not counted as it happens; each of these is a gauge.
        public var isSampled: Bool {
            switch self {
            case .activeConnections, .redisUp, .degraded, .draining, .rooms, .rendezvousWatches, .memoryLimit,
                .buildInfo:
                true
            default: false
            }
        }

        /// Whether it counts how long something took; what is neither this nor sampled is a counter.
        public var isHistogram: Bool { self == .roundTrip }

        public var labelNames: [String] {
            switch self {
            case .iceState: ["ice_state"]
            case .iceOutcomes: ["outcome"]
            case .failureReason, .reconnects: ["reason"]
            case .buildInfo: ["version"]
            case .regionCarrier: ["region", "carrier"]
            case .rejected, .closes: ["code"]
            case .receipts: ["outcome"]
            default: []
            }
        }

        public var help: String {
            switch self {
            case .connections: "WebSocket sessions that were opened."
            case .activeConnections: "WebSocket sessions that are open now."
            case .messages: "Messages that peers sent."
            case .deliveries: "Frames that were handed to peers of this node."
            case .authFailures: "Handshakes and requests with an absent or wrong token."
            case .rateLimited: "Connections, messages and tokens over the limits of one address."
            case .rejected: "Messages that were answered with an error, by its code."
            case .closes: "Closed WebSocket sessions, by close code."
            case .slowConsumers: "Sessions that were closed because they read too slowly."
            case .relayUsage: "Telemetry reports of a pair that uses a TURN relay."
            case .iceState: "Telemetry reports, by ICE connection state."
            case .iceOutcomes:
                "Attempts to connect that ended, once each by what telemetry tells; the success ratio is succeeded over both."
            case .failureReason: "Telemetry reports of failures, by reason."
            case .regionCarrier: "Telemetry reports, by region and carrier; rare pairs count as other."
            case .labelOverflow: "Telemetry reports whose region or carrier was counted as other."
            case .receipts: "Outcomes of reliable signals that senders of this node were told."
            case .relayPublished: "Signals that were sent to other nodes."
            case .relayReceived: "Signals that came from other nodes."
            case .relayDropped: "Frames from other nodes that could not be read."
            case .degradedDrops: "Signals for other nodes that were dropped while the backplane was away."
            case .degraded: "Whether the node cannot reach the other nodes (1) or can (0)."
            case .refences: "Leases that this node lost and replaced."
            case .rendezvousRegisters: "Rendezvous registrations that were accepted."
            case .rendezvousDiscovers: "Rendezvous discoveries that were answered."
            case .rendezvousWatches: "Clients that watch a room's rendezvous records."
            case .redisUp: "Whether the links to Redis are up (1) or not (0); 1 on an embedded backplane."
            case .draining: "Whether the node drains (1) or serves (0)."
            case .rooms: "Rooms with members on this node."
            case .auditEntries: "Entries that were given to the audit log."
            case .auditLost: "Entries that the audit log could not take."
            case .blocked: "Connections and requests of blocked addresses."
            case .reconnects: "Times that the links to Redis were given up and dialled again, by reason."
            case .epochChanges: "Times that Redis answered with another data set than before: it lost its data."
            case .roundTrip: "Seconds from a heartbeat to its answer, by which Redis is slow or not."
            case .membersSwept: "Members of dead nodes that this node removed from the shared state."
            case .memoryLimit: "Memory at which the kernel ends the process; absent without such a limit."
            case .buildInfo: "1, with the version of the program."
            }
        }
    }

    let blocked = Counter(label: Family.blocked.rawValue)
    let rendezvousRegisters = Counter(label: Family.rendezvousRegisters.rawValue)
    let rendezvousDiscovers = Counter(label: Family.rendezvousDiscovers.rawValue)

    /// Sessions that are open now.
    public var activeConnections: Int { active.withLock { $0 } }

    func opened() {
        connections.increment()
        tally.add(1, to: .joins)
        active.withLock { $0 += 1 }
    }

    func gone() {
        tally.add(1, to: .leaves)
        active.withLock { $0 -= 1 }
    }

    func received() {
        messages.increment()
        tally.add(1, to: .received)
    }

    func delivered(_ count: Int) {
        guard count > 0 else { return }
        deliveries.increment(by: count)
        tally.add(count, to: .delivered)
    }

    /// How long the backplane took to answer a heartbeat.
    func answered(nanoseconds: Int64) {
        roundTrip.recordNanoseconds(nanoseconds)
        tally.noteRoundTrip(microseconds: Int(nanoseconds / 1_000))
    }

    func rejected(_ code: ErrorCode) {
        if code == .rateLimited { rateLimited.increment() }
        rejections.increment(code.rawValue)
    }

    /// A sender was told what became of its signal.
    func outcome(_ outcome: Outcome) {
        let label =
            switch outcome {
            case .stored: "stored"
            case .received: "received"
            case .written: "written"
            case .refused(let refusal): refusal.rawValue
            }
        receipts.increment(label)
    }

    func reconnected(after loss: LinkLoss) { reconnects[loss]?.increment() }

    func inboxDropped(malformed: Int, unknown: Int) {
        if malformed + unknown > 0 { relayDropped.increment(by: malformed + unknown) }
    }

    /// A socket ended with this close code; codes outside the registered ranges count as one.
    public func closed(code: UInt16) {
        closes.increment(Self.closeCodes.contains(code) ? String(code) : "other")
    }

    /// A socket over the limit of its address is closed without a word.
    public func socketRefused() { rateLimited.increment() }

    /// A socket was closed because what waited for its client was too much or too old.
    public func slowConsumerClosed() { slowConsumers.increment() }

    /// Counts what a peer reports about its WebRTC connection; the labels come from closed sets.
    ///
    /// - Parameter attempts: of the session that reports.
    func report(_ report: TelemetryReport, of attempts: inout IceAttempts) {
        if let state = report.iceState {
            iceStates.increment(state.rawValue)
            if let isSuccess = attempts.outcome(of: state) {
                iceOutcomes.increment(isSuccess ? "succeeded" : "failed")
                tally.add(1, to: isSuccess ? .iceSucceeded : .iceFailed)
            }
        }
        if let reason = report.failureReason {
            failureReasons.increment(reason.rawValue)
            tally.add(1, to: NodeTally.Row(reason))
        }
        if report.relayUsed {
            relayUsage.increment()
            tally.add(1, to: .relayed)
        }
        guard let reported = report.regionCarrier else { return }
        let pair = labels.withLock { $0.admit(reported) }
        if pair != reported { labelOverflow.increment() }
        Counter(
            label: Family.regionCarrier.rawValue, dimensions: [("region", pair.region), ("carrier", pair.carrier)]
        ).increment()
    }
}
