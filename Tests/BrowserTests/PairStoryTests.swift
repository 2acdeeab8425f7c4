import Foundation
import SignalTestKit
import Testing

/// The sentences of the console about two peers, from events as nodes tell them.
@Suite("Why two peers did not connect", .serialized)
struct PairStoryTests {
    private struct Story {
        /// `node at what from to? members…`, a line each, in any order.
        let events: String
        let tone: String
        let title: String
        var notes: [String] = []
    }

    private static let both = """
        n1 1 joined ana
        n2 2 joined ben

        """

    private static let stories = [
        Story(events: "", tone: "soft", title: "No node remembers these two in this room.", notes: ["TIMELINE_ROOMS"]),
        Story(
            events:
                "n1 1 joined ana\nn1 5 sent ana ben kind=offer reliable=true\nn1 6 nack ana ben kind=offer reason=not_found",
            tone: "bad", title: "ben has not been in the room as far as the nodes remember.",
            notes: ["The offer of ana was not delivered: nobody of that name was in the room."]),
        Story(events: both, tone: "busy", title: "Both were here, and neither has sent the other anything."),
        Story(
            events: both + "n1 5 refused ana reason=rate_limited", tone: "bad",
            title: "What ana sent was refused: rate_limited."),
        Story(
            events: both + "n1 5 sent ana ben kind=offer reliable=true\nn1 6 nack ana ben kind=offer reason=degraded",
            tone: "bad", title: "The offer of ana was not delivered: the node could not reach the others (degraded)."),
        Story(
            events: both + """
                n2 4 closed ben code=4408 reason=heartbeat_timeout
                n2 4 lost ben
                n1 5 sent ana ben kind=offer reliable=true
                n1 6 stored ana ben kind=offer
                """,
            tone: "bad", title: "The offer of ana waits for ben, who has not taken it.",
            notes: ["ben lost its socket and has not come back. n2 had closed its socket: 4408 heartbeat_timeout."]),
        Story(
            events: both + "n1 5 sent ana ben kind=offer reliable=true", tone: "busy",
            title: "The offer of ana is on its way to ben."),
        Story(
            events: both + "n1 5 sent ana kind=offer reliable=false", tone: "bad",
            title: "The offer of ana to the whole room reached nobody."),
        Story(
            events: both + "n1 5 sent ana kind=offer reliable=false\nn2 6 delivered ana kind=offer count=3",
            tone: "busy",
            title: "ben has the offer of ana and has not answered it."),
        Story(
            events: both + """
                n1 5 sent ana ben kind=offer reliable=true
                n1 8 received ana ben kind=offer
                n2 9 sent ben ana kind=answer reliable=true
                n2 12 received ben ana kind=answer
                n1 13 sent ana ben kind=candidate reliable=true count=4
                """,
            tone: "busy", title: "Offer and answer have arrived, and no end of ICE was reported.",
            notes: ["ben has sent no candidate: they stand in its description, or it found none."]),
        Story(
            events: both + """
                n1 5 sent ana ben kind=offer reliable=true
                n1 8 received ana ben kind=offer
                n1 20 ice ana ben state=failed reason=candidate-pair-failed
                """,
            tone: "bad", title: "Signals went through, and ICE failed: so ana reports.",
            notes: ["Its reason: no pair of candidates works."]),
        Story(
            events: both + "n1 20 ice ana state=checking\nn1 30 ice ana ben state=connected relayed=true", tone: "good",
            title: "ana is connected to ben, over TURN."),
        Story(
            events: both + "n1 20 ice ana ben state=connected\nn1 30 ice ana ben state=closed\nn2 31 ice ben state=new",
            tone: "good", title: "ana was connected to ben."),
    ]

    @Test("has a sentence for every end, and says which nodes are missing from it")
    func sentences() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let page = try await cluster.blank()
        try await page.run(Self.reader)
        for story in Self.stories {
            let verdict = TestMessage(text: try await page.run("return tell(`\(story.events)`)"))
            #expect(verdict["title"] == story.title, "\(story.events)")
            #expect(verdict["tone"] == story.tone, "\(story.events)")
            for note in story.notes + ["n3 did not answer"] {
                #expect(verdict["notes"]?.contains(note) == true, "\(note) in \(verdict)")
            }
        }
        #expect(page.errors == [])
    }

    @Test("tells a departure once that several nodes saw, and everything in the order of time")
    func merged() async throws {
        let cluster = try await BrowserCluster(nodes: 1)
        let page = try await cluster.blank()
        try await page.run(Self.reader)
        let text = """
            n2 9000 left ben reason=node-lost
            n1 9001 left ben reason=node-lost
            n1 30000 left ben reason=node-lost
            n1 5 sent ana ben kind=offer
            n2 5 delivered ana ben kind=offer
            """
        let merged = try await page.run("return merge(`\(text)`)")
        #expect(merged == #"["5 sent","5 delivered","9000 left","30000 left"]"#)
    }

    /// Makes `tell` and `merge` of the lines of a story.
    private static let reader = """
        const { mergeEvents } = await import("/console/pair-events.js")
        const { judge } = await import("/console/pair-story.js")
        const read = (text) => {
            const nodes = { n1: [], n2: [] }
            for (const line of text.split("\\n").filter(Boolean)) {
                const [node, at, what, from, ...rest] = line.trim().split(" ")
                const event = { at: Number(at), what, from }
                for (const word of rest) {
                    const [name, value] = word.split("=")
                    if (value === undefined) event.to = name
                    else event[name] = ["true", "false"].includes(value) ? value === "true" : value
                }
                nodes[node].push(event)
            }
            const told = Object.entries(nodes).map(([name, events]) => ({ name, answered: true, events }))
            return { a: "ana", b: "ben", nodes: [...told, { name: "n3", answered: false }] }
        }
        window.tell = (text) => {
            const answer = read(text)
            const { tone, title, notes } = judge(answer, mergeEvents(answer))
            return { tone, title, notes: notes.join("|") }
        }
        window.merge = (text) => mergeEvents(read(text)).map(({ at, what }) => `${at} ${what}`)
        """
}
