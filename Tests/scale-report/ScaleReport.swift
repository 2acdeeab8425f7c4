import ScaleSimulation

/// Plays the story of a hundred nodes and a million peers, and says what it cost.
@main
struct ScaleReport {
    static func main() {
        let simulation = Simulation(Scenario(nodes: 100, peers: 1_000_000))
        let story = Story(of: simulation) { print($0) }
        for chapter in story.chapters { print(chapter.title, chapter.events, chapter.commandsPerNode) }
    }
}
