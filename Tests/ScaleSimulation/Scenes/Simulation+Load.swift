/// The chapters in which nothing breaks.
extension Simulation {
    /// Every peer joins, in no order.
    package func fill() -> Chapter {
        chapter("joins") {
            var order = Array(seating.seats.indices)
            order.shuffle(using: &random)
            var next = 0
            let seconds = (order.count + scenario.joinsPerSecond - 1) / scenario.joinsPerSecond
            pass(Int64(seconds) * 1_000) { elapsed in
                let due = min(order.count, scenario.joinsPerSecond * Int(elapsed) / 1_000)
                while next < due {
                    join(order[next])
                    next += 1
                }
            }
            return next
        }
    }

    /// Everybody is there and says nothing.
    package func idle() -> Chapter {
        chapter("idle") {
            pass(Int64(scenario.seconds) * 1_000)
            return scenario.seconds
        }
    }

    package func directed() -> Chapter {
        chapter("signals, directed") {
            load(perSecond: signalsPerSecond, seconds: scenario.seconds) {
                let (peer, other) = pair()
                direct(from: peer, to: other)
            }
        }
    }

    package func broadcasts() -> Chapter {
        chapter("signals, to the room") {
            load(perSecond: signalsPerSecond, seconds: scenario.seconds) { broadcast(from: someone()) }
        }
    }

    package func reliable() -> Chapter {
        chapter("signals, reliable") {
            let sent = load(perSecond: signalsPerSecond, seconds: scenario.seconds) {
                let (peer, other) = pair()
                sendReliably(from: peer, to: other)
            }
            // The last receipts wait for their batch.
            pass(100)
            return sent
        }
    }

    /// What a day asks: peers come and go, and signal meanwhile. Of ten signals seven go to one peer, two of these with an
    /// `id`, and three to the room.
    package func day() -> Chapter {
        chapter("a day") {
            let signalsPerLeave = signalsPerSecond * Double(scenario.staySeconds) / Double(seating.seats.count)
            var signals = 0
            var leaves = 0
            var absent: Int?
            let sent = load(perSecond: signalsPerSecond, seconds: scenario.seconds) {
                signals += 1
                signal(numbered: signals)
                guard Double(signals) >= signalsPerLeave * Double(leaves + 1) else { return }
                leaves += 1
                let gone = someone()
                leave(gone)
                if let absent { join(absent) }
                absent = gone
            }
            if let absent { join(absent) }
            return sent
        }
    }

    private func signal(numbered number: Int) {
        let (peer, other) = pair()
        switch number % 10 {
        case 0, 1: sendReliably(from: peer, to: other)
        case 2, 3, 4: broadcast(from: peer)
        default: direct(from: peer, to: other)
        }
    }

    var signalsPerSecond: Double { Double(seating.seats.count) * scenario.signalsPerPeer }

    /// A peer that is in its room.
    private func someone() -> Int {
        while true {
            let peer = Int.random(in: seating.seats.indices, using: &random)
            if seating.seats[peer].isIn { return peer }
        }
    }

    /// Two peers of one room.
    private func pair() -> (Int, Int) {
        while true {
            let peer = someone()
            let others = Seating.peers(of: Seating.room(of: peer)).filter { $0 != peer && seating.seats[$0].isIn }
            if let other = others.randomElement(using: &random) { return (peer, other) }
        }
    }
}
