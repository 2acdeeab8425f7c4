/// The look: neutral grounds, one colour per meaning, light or dark as the reader's system is.
enum Palette {
    static let definitions = """
        <defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
        <rect class="hatch-ground" width="6" height="6"/><line class="hatch-line" x1="0" y1="0" x2="0" y2="6"/></pattern></defs>
        """

    static let css = """
        svg{--ground:#fbfbfa;--panel:#f3f3f1;--band:#ebebe8;--ink:#1f2328;--soft:#6a7078;--rule:#d9d9d5;\
        --up:#8fb3a5;--good:#1f7a4d;--bad:#c2362b;--warn:#d9942b;--dot:#3b6ea8;--dot2:#7a5ea8;--area:#b9cde3;--area2:#5f8fc0}\
        @media(prefers-color-scheme:dark){svg{--ground:#16181b;--panel:#1e2125;--band:#262a2f;--ink:#e6e7e8;--soft:#9aa1a9;\
        --rule:#343a40;--up:#4f7a6b;--good:#4cc38a;--bad:#ef6a5e;--warn:#e0a84a;--dot:#7fb0e6;--dot2:#b59ce0;\
        --area:#31475e;--area2:#5b8cc0}}\
        text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;fill:var(--ink);font-size:12px}\
        .ground{fill:var(--ground)}.panel{fill:var(--panel)}.band{fill:var(--band)}\
        .title{font-size:24px;font-weight:600}.soft{fill:var(--soft)}.tiny{fill:var(--soft);font-size:11px}\
        .head{font-weight:600;font-size:13px}.step{font-weight:600;font-size:11px;fill:var(--soft)}\
        .zero{font-size:34px;font-weight:650;fill:var(--good)}.nonzero{font-size:34px;font-weight:650;fill:var(--bad)}\
        .pass{fill:var(--good)}.fail{fill:var(--bad)}.pill{fill:#fff;font-weight:700;font-size:15px;letter-spacing:.06em}\
        .rule{stroke:var(--rule);stroke-width:1}.edge{stroke:var(--soft);stroke-width:1}\
        .up{fill:var(--up)}.drain{fill:var(--up);opacity:.45}.paused{fill:url(#hatch)}.hatch-ground{fill:var(--panel)}\
        .hatch-line{stroke:var(--warn);stroke-width:5}.cut{fill:var(--warn);opacity:.75}.dead{stroke:var(--bad);stroke-width:1.5;stroke-dasharray:2 3}\
        .kill{stroke:var(--bad);stroke-width:2.5;stroke-linecap:round}.away{fill:var(--bad);opacity:.13}.down{fill:var(--bad);opacity:.7}\
        .resumes,.detections{fill:none;stroke-width:4.5;stroke-linecap:round;opacity:.7}.resumes{stroke:var(--dot)}.detections{stroke:var(--dot2)}\
        .median{stroke:var(--ink);stroke-width:1.6}.tail{stroke:var(--ink);stroke-width:1.2;stroke-dasharray:6 3}\
        .goal{stroke:var(--bad);stroke-width:1.4;stroke-dasharray:2 3}.goal-text{fill:var(--bad);font-size:11px}\
        .sent{fill:var(--area)}.acked{fill:var(--area2)}.gap{fill:none;stroke:var(--soft);stroke-width:1}
        """
}
