/// The colours: one per server, in both lights.
enum Look {
    /// The style of everything that belongs to a server.
    static func style(of server: Server) -> String { Server.all.contains(server) ? server.id : "other" }

    static let css = """
        svg{--ground:#fbfbfa;--ink:#1f2328;--soft:#6a7078;--rule:#d9d9d5;--goal:#c2362b;--node:#0b7a75;--topics:#69b3ae;\
        --old-contract:#c05621;--node-redis:#dba24f;--nchan:#6478b8;--bare-relay:#8a8f98;--other:#9b72aa}\
        @media(prefers-color-scheme:dark){svg{--ground:#16181b;--ink:#e6e7e8;--soft:#9aa1a9;--rule:#343a40;--goal:#ef6a5e;\
        --node:#3fc1b8;--topics:#2f827d;--old-contract:#e5844f;--node-redis:#d3a253;--nchan:#93a5da;--bare-relay:#7d848c;\
        --other:#b893c6}}\
        text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink);font-size:12px}\
        .ground{fill:var(--ground)}.title{font-size:16px;font-weight:600}.head{font-size:13px;font-weight:600}\
        .soft{fill:var(--soft);font-size:11px}.own{font-weight:650}.rule{stroke:var(--rule)}.edge{stroke:var(--soft)}\
        .goal{stroke:var(--goal);stroke-width:1.4;stroke-dasharray:3 3}.goal-text{fill:var(--goal);font-size:11px}\
        polyline{fill:none;stroke-width:2.2}.floor{stroke:var(--ink);stroke-dasharray:4 4;stroke-width:1.4}.part{opacity:.5}\
        \(Server.all.map(\.id).map(rules).joined())\(rules("other"))
        """

    private static func rules(_ name: String) -> String {
        "rect.\(name),circle.\(name){fill:var(--\(name))}polyline.\(name){stroke:var(--\(name))}"
    }
}
