import ScaleSimulation
import Testing

/// Ten nodes and 10,000 peers in virtual time; `make scale` tells the same story of a hundred nodes and a million.
@Suite("The cluster at scale")
struct ScaleTests {
    private static let story = Story(of: Simulation(scenario(nodes: 10, peers: 10_000)))
    private var story: Story { Self.story }

    private static func scenario(nodes: Int, peers: Int) -> Scenario {
        var scenario = Scenario(nodes: nodes, peers: peers)
        scenario.seconds = 3
        scenario.joinsPerSecond = 5_000
        scenario.seed = 0x5CA1E
        return scenario
    }

    @Test("a join is one JOIN, and SADD and SYNC only when it is the first of its node")
    func joins() {
        let chapter = story.joins
        #expect(chapter.traffic.commands == chapter.expectedCommands)
        #expect(chapter.traffic.frames == chapter.expectedFrames)
        #expect(chapter.traffic.commands[.join] == 10_000)
        #expect(chapter.outcomes.welcomed == 10_000)
        #expect(chapter.traffic.commands[.sync] > 100, "rooms that span nodes are part of the story")
    }

    @Test(
        "an idle node asks for two heartbeats a second, however many nodes and members there are", arguments: [2, 40])
    func idle(nodes: Int) {
        let small = Simulation(Self.scenario(nodes: nodes, peers: 500))
        _ = small.fill()
        for chapter in [small.idle(), story.idle] {
            #expect(chapter.traffic.commands.sum == chapter.traffic.commands[.heartbeat])
            #expect(chapter.traffic.frames.sum == chapter.traffic.frames[.echo])
            #expect((1.8...2.2).contains(chapter.commandsPerNode.average))
            // Three seconds hold five to seven beats of a jitter of a tenth.
            #expect(chapter.commandsPerNode.most <= 7.0 / 3)
        }
    }

    @Test("a directed signal is one PUBLISH if its receiver is elsewhere, and nothing if it is not")
    func directed() {
        let chapter = story.directed
        #expect(chapter.traffic.commands == chapter.expectedCommands)
        #expect(chapter.traffic.frames == chapter.expectedFrames)
        #expect(chapter.commandsWithoutBeats == chapter.remoteSignals)
        #expect((1..<chapter.events).contains(chapter.remoteSignals))
        #expect(chapter.outcomes.delivered == chapter.events)
    }

    @Test("a signal to a room is one command if the room is held elsewhere, too, with a frame per other node")
    func broadcasts() {
        let chapter = story.broadcasts
        #expect(chapter.traffic.commands == chapter.expectedCommands)
        #expect(chapter.traffic.frames == chapter.expectedFrames)
        #expect(chapter.commandsWithoutBeats == chapter.remoteSignals)
        #expect(chapter.traffic.commands[.fan] > 0)
        #expect(chapter.outcomes.delivered > chapter.events)
    }

    @Test("a reliable signal is one SEND and at most one CONF if its receiver is elsewhere, and has its outcome")
    func reliable() {
        let chapter = story.reliable
        var commands = chapter.traffic.commands
        #expect((1...chapter.remoteSignals).contains(commands[.confirm]))
        commands[.confirm] = 0
        #expect(commands == chapter.expectedCommands)
        #expect(chapter.traffic.frames[.signal] == chapter.expectedFrames[.signal])
        #expect(chapter.traffic.frames[.receipt] <= chapter.remoteSignals)
        #expect(chapter.outcomes.handedOver == chapter.events)
        #expect(chapter.outcomes.received == chapter.events)
    }

    @Test("rooms that live on one node cost nothing to signal in")
    func local() {
        var scenario = Self.scenario(nodes: 4, peers: 500)
        scenario.strays = 0
        let simulation = Simulation(scenario)
        #expect(simulation.fill().traffic.frames[.membership] == 0)
        for chapter in [simulation.directed(), simulation.broadcasts(), simulation.reliable()] {
            #expect(chapter.events == 150)
            #expect(chapter.commandsWithoutBeats == 0)
            #expect(chapter.framesWithoutEchoes == 0)
            #expect(chapter.outcomes.delivered + chapter.outcomes.handedOver >= 150)
        }
        #expect(simulation.outcomes.faults == [:])
    }

    @Test("peers that come and go while others signal cost what each of them costs alone")
    func day() {
        let chapter = story.day
        var commands = chapter.traffic.commands
        #expect(commands[.confirm] <= commands[.send])
        commands[.confirm] = 0
        #expect(commands == chapter.expectedCommands)
        #expect(commands[.leave] >= 45)
        #expect(chapter.traffic.frames[.membership] == chapter.expectedFrames[.membership])
    }

    @Test("a Redis that comes back empty is filled with three commands per room and node that holds it")
    func empty() {
        let commands = story.empty.traffic.commands
        #expect(commands[.register] == 10)
        for kind in [CommandKind.index, .announce, .sync] { #expect(commands[kind] == story.shares) }
        #expect(story.empty.commandsWithoutBeats == 10 + 3 * story.shares)
        #expect(story.wrongAfterEmpty == 0)
    }

    @Test("the death of a node costs its own rooms, twice at most and once more for each that shares one")
    func death() {
        let death = story.death
        let commands = death.chapter.traffic.commands
        #expect(commands[.sweep] <= 2 * death.rooms + death.sharedBy)
        #expect((1...death.rooms + death.chapter.events).contains(commands[.unindex]))
        let job = commands[.claim] + commands[.roomsOfDead] + commands[.finishSweep]
        #expect(job <= 2 * 10 + 3 + death.rooms / 500)
        #expect(commands[.join] == death.chapter.events)
        #expect(death.chapter.outcomes.welcomed == death.chapter.events)
        #expect(death.chapter.outcomes.resumed > 0)
        #expect(death.late > 0)
        #expect(death.isClean)
        #expect(story.wrongAfterDeath == 0)
    }

    @Test("nobody is refused, closed or dialled anew all the while")
    func faults() { #expect(story.faults == [:]) }

    @Test("four shards share the commands of the rooms evenly, and each hears every node's heartbeats")
    func shards() {
        var scenario = Self.scenario(nodes: 4, peers: 5_000)
        scenario.shards = 4
        let simulation = Simulation(scenario)
        let joins = simulation.fill()
        #expect(joins.traffic.commands == joins.expectedCommands)
        for primary in joins.traffic.primaries { #expect((1_000...1_500).contains(primary.commands[.join])) }
        let idle = simulation.idle()
        for primary in idle.traffic.primaries {
            #expect(primary.commands.sum == primary.commands[.heartbeat])
            #expect((4 * 5...4 * 7).contains(primary.commands[.heartbeat]))
        }
        #expect(simulation.wrongRooms == 0)
    }
}
