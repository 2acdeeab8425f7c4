/// What one command costs a Redis primary, the frames that it publishes included.
package struct Price: Sendable, Equatable {
    /// CPU time.
    package var micros: Double
    package var bytesIn: Double
    package var bytesOut: Double

    package init(micros: Double, bytesIn: Double, bytesOut: Double) {
        (self.micros, self.bytesIn, self.bytesOut) = (micros, bytesIn, bytesOut)
    }
}

/// Prices, and where they come from.
package struct PriceList: Sendable {
    package let source: String
    private let prices: [CommandKind: Price]

    package init(source: String, _ prices: [CommandKind: Price]) {
        self.source = source
        self.prices = prices
    }

    /// A kind without a price of its own is rare: it counts as a heartbeat.
    package subscript(kind: CommandKind) -> Price {
        prices[kind] ?? prices[.heartbeat] ?? Price(micros: 0, bytesIn: 0, bytesOut: 0)
    }

    /// The CPU time that a primary needs for these commands, in seconds.
    package func cpuSeconds(_ commands: Counts<CommandKind>) -> Double { total(commands, \.micros) / 1_000_000 }
    package func bytesIn(_ commands: Counts<CommandKind>) -> Double { total(commands, \.bytesIn) }
    package func bytesOut(_ commands: Counts<CommandKind>) -> Double { total(commands, \.bytesOut) }

    private func total(_ commands: Counts<CommandKind>, _ value: (Price) -> Double) -> Double {
        CommandKind.allCases.reduce(0) { $0 + Double(commands[$1]) * value(self[$1]) }
    }

    /// What `make cost` measures of single commands far apart, each with its own wake-up, read and write: the upper bound
    /// (docs/cluster.md, "What this costs").
    package static let oneByOne = PriceList(
        source: "docs/cluster.md: single commands far apart",
        [
            .heartbeat: Price(micros: 253, bytesIn: 367, bytesOut: 160),
            .join: Price(micros: 217, bytesIn: 509, bytesOut: 242),
            .index: Price(micros: 28, bytesIn: 71, bytesOut: 4),
            .sync: Price(micros: 37, bytesIn: 171, bytesOut: 918),
            .update: Price(micros: 38, bytesIn: 329, bytesOut: 14),
            .leave: Price(micros: 72, bytesIn: 332, bytesOut: 196),
            .unindex: Price(micros: 28, bytesIn: 72, bytesOut: 4),
            .publish: Price(micros: 108, bytesIn: 376, bytesOut: 380),
            .fan: Price(micros: 203, bytesIn: 425, bytesOut: 710),
            .send: Price(micros: 282, bytesIn: 783, bytesOut: 620),
            .confirm: Price(micros: 282, bytesIn: 165, bytesOut: 63),
            // Not measured alone there: they are worth a join.
            .announce: Price(micros: 217, bytesIn: 509, bytesOut: 242),
            .sweep: Price(micros: 217, bytesIn: 332, bytesOut: 196),
        ])
}
