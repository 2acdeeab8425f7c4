#if DEBUG
    /// Guards under the numbers of docs/model.md, for builds that show what each of them prevents.
    extension Guards {
        private static let numbers: [String: Guards] = [
            "V1": .compareAndDelete, "V2": .connectionOrder, "V3": .durableSweep, "V4": .leaseFence,
            "V5": .renewOnly, "V6": .versionOrder, "V7": .eventsAwaitSnapshot, "V8": .viewPerConnection,
            "V9": .announceCompares, "V10": .announceDeletes, "V11": .storedBeforeAck, "V12": .undeliverTells,
            "V13": .heldCopies, "V14": .heldCopies, "V15": .lateSuccess, "V16": .repliesPerConnection,
            "V17": .replacedLeaves, "V19": .settleTime, "V20": .setDedupe, "V21": .submitBefore,
        ]

        /// Reads `V1,V3`; nil when a name is not known.
        package init?(numbers text: String) {
            self = []
            for name in text.split(separator: ",") {
                guard let guarded = Self.numbers[String(name)] else { return nil }
                formUnion(guarded)
            }
        }
    }

    extension ClusterMachine {
        /// Goes on without these guards; before it begins.
        package mutating func weaken(by guards: Guards) {
            membership.guards.subtract(guards)
            delivery.guards.subtract(guards)
        }
    }
#endif
