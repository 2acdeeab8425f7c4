/// The colours: one per server, in both lights.
enum Look {
    /// The style of everything that belongs to a server.
    static func style(of server: Server) -> String { Server.all.contains(server) ? server.id : "other" }

    /// Without variables, which some programs that draw SVG do not know.
    static let css = """
        text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;font-size:12px}\
        .title{font-size:16px;font-weight:600}.head{font-size:13px;font-weight:600}.soft{font-size:11px}\
        .own{font-weight:650}.goal{stroke-width:2}.part{opacity:.5}polyline{fill:none;stroke-width:2.2}\
        polyline.floor{stroke-dasharray:4 4;stroke-width:1.4}\
        \(rules { $0.light })@media(prefers-color-scheme:dark){\(rules { $0.dark })}
        """

    private typealias Colour = (light: String, dark: String)

    private static let servers: KeyValuePairs<String, Colour> = [
        Server.node.id: ("#0b7a75", "#3fc1b8"), Server.topics.id: ("#69b3ae", "#2f827d"),
        Server.oldContract.id: ("#c05621", "#e5844f"), Server.nodeRedis.id: ("#dba24f", "#d3a253"),
        Server.nchan.id: ("#6478b8", "#93a5da"), Server.bareRelay.id: ("#8a8f98", "#7d848c"),
        "other": ("#9b72aa", "#b893c6"), "floor": ("#1f2328", "#e6e7e8"),
    ]

    private static func rules(_ colour: (Colour) -> String) -> String {
        let ground = colour(("#fbfbfa", "#16181b"))
        let (ink, soft) = (colour(("#1f2328", "#e6e7e8")), colour(("#6a7078", "#9aa1a9")))
        let (rule, goal) = (colour(("#d9d9d5", "#343a40")), colour(("#c2362b", "#ef6a5e")))
        let plain = """
            .ground{fill:\(ground)}text{fill:\(ink)}text.soft{fill:\(soft)}.rule{stroke:\(rule)}.edge{stroke:\(soft)}\
            .goal{stroke:\(goal)}
            """
        return plain
            + servers.map { name, pair in
                let value = colour(pair)
                return "rect.\(name),circle.\(name){fill:\(value)}polyline.\(name){stroke:\(value)}"
            }.joined()
    }
}
