// The rules of dialect 2 without any socket: every check drives a Session with events and times of its own.
// Runs in a page as the body of an asynchronous function; `seed` is given. Returns the failures.

const { Session } = await import("/client/session.js")

const failures = []
let checks = 0

function check(name, body) {
    checks += 1
    try {
        body()
    } catch (error) {
        failures.push(`${name}: ${error.stack ?? error}`)
    }
}

function equal(found, wanted) {
    const [left, right] = [JSON.stringify(found), JSON.stringify(wanted)]
    if (left !== right) throw new Error(`${left} is not ${right}`)
}

const options = {
    urls: ["ws://a/signal", "ws://b/signal"], metadata: {}, hasTokenCallback: false, bufferCount: 8, bufferBytes: 1000,
    connectTimeoutMs: 10000, minPauseMs: 300, maxPauseMs: 15000,
}

let names = 0
const random = { number: () => 0.5, sid: () => `a-secret-name-of-a-session-${names += 1}` }
const make = (more = {}, record) => new Session({ ...options, ...more }, record, random)

const ofKind = (actions, kind) => actions.filter((action) => action.do === kind)
const sent = (actions) => ofKind(actions, "send").map((action) => JSON.parse(action.text))
const told = (actions, event) =>
    ofKind(actions, "tell").filter((action) => action.event === event).map((action) => action.detail)
const ends = (actions) =>
    ofKind(actions, "settle").map(({ settlement: { id, failure } }) => failure ? [id, failure.code] : [id])

function welcome(more = {}) {
    return {
        type: "welcome", peerId: "ann", node: "n1", now: "2026-01-01T00:00:00.000Z", resumed: false, members: [], v: 1,
        resume: { token: "secret", windowMs: 30000 }, iceServers: [], iceTtlMs: 1, heartbeatMs: 25000, ...more,
    }
}

function open(session, now = 0, more = {}) {
    session.start(now)
    const { cn } = session.connection
    session.opened(cn, undefined)
    return [cn, session.received(cn, welcome(more), now)]
}

let ids = 0
function send(session, now = 0, to = ["bob"], deadline = 1e9) {
    const id = `s${ids += 1}`
    const text = JSON.stringify({ type: "x", to, id })
    return [id, session.sendConfirmed({ id, to, text, bytes: text.length, deadline }, now)]
}

check("a first hello has no past; the next one names it; one behind a lost welcome leaves its number out", () => {
    const session = make()
    const [start] = ofKind(session.start(0), "connect")
    equal([start.cn, start.url], [1, "ws://a/signal"])
    const [hello] = sent(session.opened(1, "token"))
    equal([hello.type, hello.cn, hello.token, hello.resume], ["hello", 1, "token", undefined])
    session.received(1, welcome(), 5)
    session.received(1, { type: "x", sourcePeerId: "bob", sourceSession: "b", id: "1", seq: 4 }, 6)
    session.closed(1, 1006, "", 10)
    equal(session.wakeAt, 10 + 150)
    const [again] = ofKind(session.tick(160), "connect")
    equal([again.cn, again.url, again.peerId], [2, "ws://b/signal", "ann"])
    equal(sent(session.opened(2))[0].resume, { token: "secret", lastSeq: 4 })
    session.closed(2, 1006, "", 170)
    session.tick(1e6)
    equal(sent(session.opened(3))[0].resume, { token: "secret" })
    equal(sent(session.opened(3))[0].sid, hello.sid)
})

check("a record of before a reload goes on: higher number, same peer, what it had heard", () => {
    const session = make({}, { sid: "the-old-secret", cn: 7, peerId: "ann", token: "secret", lastSeq: 3 })
    const [start] = ofKind(session.start(0), "connect")
    equal([start.cn, start.peerId], [8, "ann"])
    const [hello] = sent(session.opened(8))
    equal([hello.sid, hello.resume], ["the-old-secret", { token: "secret", lastSeq: 3 }])
    session.closed(8, 4409, "stale", 1)
    session.tick(1e6)
    const [anew] = sent(session.opened(9))
    equal([anew.sid === "the-old-secret", anew.resume], [false, undefined])
})

check("signals wait for a connection, go out in order, and again in the same order under the same ids", () => {
    const session = make()
    const first = send(session)[0]
    const [cn, opened] = open(session)
    equal(sent(opened).map((each) => each.id), [first])
    const second = send(session)[0]
    session.received(cn, { type: "ack", id: first, to: "bob", level: "stored" }, 1)
    session.closed(cn, 1006, "", 2)
    const third = send(session, 3)[0]
    session.tick(1e6)
    session.opened(cn + 1)
    const back = session.received(cn + 1, welcome({ resumed: true }), 1e6)
    equal(sent(back).map((each) => each.id), [first, second, third])
    equal(ends(session.received(cn + 1, { type: "ack", id: first, to: "bob", level: "received" }, 1e6)), [[first]])
    equal(ends(session.received(cn + 1, { type: "ack", id: first, to: "bob", level: "received" }, 1e6)), [])
})

check("a session that began anew gives up what the old one may have carried, and sends what it had not", () => {
    const session = make()
    const [cn] = open(session)
    const old = send(session)[0]
    session.closed(cn, 1006, "", 2)
    const fresh = send(session, 3)[0]
    session.tick(1e6)
    session.opened(cn + 1)
    const anew = session.received(cn + 1, welcome({ members: [{ peerId: "bob", polite: true, since: 1 }] }), 1e6)
    equal(ends(anew), [[old, "session_lost"]])
    equal(sent(anew).map((each) => each.id), [fresh])
    equal(told(anew, "open")[0].resumed, false)
})

check("of several receivers each counts; the first that failed is named, and the others are told", () => {
    const session = make()
    const [cn] = open(session)
    const [id] = send(session, 0, ["bob", "cid"])
    equal(ends(session.received(cn, { type: "nack", id, to: "cid", code: "not_found" }, 1)), [])
    const done = session.received(cn, { type: "ack", id, to: "bob", level: "written" }, 1)
    equal(ofKind(done, "settle")[0].settlement.failure, {
        to: "cid", code: "not_found",
        outcomes: [{ to: "cid", code: "not_found" }, { to: "bob", level: "written" }],
    })
})

check("too much at once waits for the time that the server names, in order; other refusals are final", () => {
    const session = make()
    const [cn] = open(session)
    const [one] = send(session)
    const [two] = send(session)
    session.received(cn, { type: "error", code: "rate_limited", id: one, message: "", retryAfterMs: 500 }, 100)
    equal(sent(send(session, 200)[1]), [])
    equal(session.wakeAt, 600)
    equal(sent(session.tick(600)).map((each) => each.id).slice(0, 1), [one])
    const refused = session.received(cn, { type: "error", code: "forbidden", id: two, message: "" }, 700)
    equal(ends(refused), [[two, "forbidden"]])
    const other = session.received(cn, { type: "error", code: "invalid_json", message: "" }, 700)
    equal(told(other, "refused")[0].code, "invalid_json")
})

check("repeats are shown once; numbers are confirmed together after 50 ms, or at once when there are 16", () => {
    const session = make()
    const [cn] = open(session)
    const signal = (seq, id = `${seq}`) =>
        session.received(cn, { type: "x", sourcePeerId: "bob", sourceSession: "b", id, seq }, 100)
    equal(told(signal(1), "signal").length, 1)
    equal(told(signal(2, "1"), "signal").length, 0)
    equal(session.wakeAt, 150)
    equal(sent(session.tick(150)), [{ type: "ack", seq: 2 }])
    for (let seq = 3; seq <= 18; seq += 1) signal(seq)
    equal(sent(session.tick(100)), [{ type: "ack", seq: 18 }])
    session.received(cn, { type: "undeliverable", id: "x", to: "bob", reason: "timeout", seq: 19 }, 200)
    equal(sent(session.tick(250)), [{ type: "ack", seq: 19 }])
})

check("heartbeats carry the number; two periods of silence end a connection, and the next attempt is near", () => {
    const session = make()
    const [cn] = open(session)
    session.received(cn, { type: "x", sourcePeerId: "bob", sourceSession: "b", id: "1", seq: 1 }, 24990)
    equal(sent(session.tick(25000)), [{ type: "heartbeat", seq: 1 }])
    session.received(cn, { type: "heartbeat-ack" }, 26000)
    equal(ofKind(session.tick(75999), "drop"), [])
    const silent = session.tick(76000)
    equal(ofKind(silent, "drop"), [{ do: "drop", cn, code: 4000 }])
    equal(told(silent, "state"), [{ state: "reconnecting", attempt: 1, retryInMs: 150 }])
})

check("go-away: the new socket first; the old one serves until the new one is welcomed, and its end is no end", () => {
    const session = make()
    const [cn] = open(session)
    const away = session.received(cn, { type: "go-away", deadlineMs: 5000, retryAfterMs: 1700 }, 100)
    equal(ofKind(away, "connect")[0].url, "ws://b/signal")
    equal(ofKind(send(session, 150)[1], "send")[0].cn, cn)
    session.opened(cn + 1)
    equal(told(session.closed(cn, 4409, "stale", 200), "gone"), [])
    const back = session.received(cn + 1, welcome({ resumed: true }), 300)
    equal(told(back, "open")[0].resumed, true)
    equal(sent(back).length, 1)
})

check("go-away: when the move fails the old socket serves on, and after its end the server's pause counts", () => {
    const session = make()
    const [cn] = open(session)
    session.received(cn, { type: "go-away", deadlineMs: 5000, retryAfterMs: 1700 }, 100)
    equal(session.closed(cn + 1, 1006, "", 110), [])
    equal(session.state, "open")
    session.closed(cn, 1012, "restart", 5000)
    equal(session.wakeAt, 6700)
})

check("every kind of close: an end, a window, a pause that grows and has jitter", () => {
    for (const [code, reason] of [[4409, "replaced"], [4403, "kicked"], [4404, "room_closed"], [4400, "bad_request"]]) {
        const session = make()
        const [cn] = open(session)
        const [id] = send(session)
        const end = session.closed(cn, code, reason, 10)
        equal([told(end, "gone"), session.state, session.wakeAt === Infinity], [[{ code, reason }], "closed", true])
        equal(ends(end), [[id, "gone"]])
    }
    const waiting = make()
    waiting.start(0)
    waiting.closed(1, 4409, "in_use", 10)
    equal(waiting.wakeAt, 10 + 30000 * 1.05)
    const busy = make()
    const pauses = []
    let now = 0
    busy.start(now)
    for (let cn = 1; cn <= 8; cn += 1) {
        busy.closed(cn, 1013, "overloaded", now)
        pauses.push(busy.wakeAt - now)
        now = busy.wakeAt
        busy.tick(now)
    }
    equal(pauses, [1250, 1500, 3000, 6000, 11250, 11250, 11250, 11250])
})

check("4401: a fresh token, then a fresh session, then the end", () => {
    const session = make({ hasTokenCallback: true })
    open(session)
    let now = 10
    const sids = []
    for (const wanted of ["reconnecting", "reconnecting", "closed"]) {
        session.closed(session.connection.cn, 4401, "unauthorized", now)
        equal(session.state, wanted)
        now += 1e6
        session.tick(now)
        sids.push(sent(session.opened(session.connection.cn, "t"))[0]?.sid)
    }
    equal([sids[0] === sids[1], sids[2]], [false, undefined])
    const plain = make()
    open(plain)
    plain.closed(1, 4401, "token_expired", 10)
    equal(plain.state, "closed")
})

check("a token is renewed after four fifths of its time by the server's clock, later when there is none yet", () => {
    const claims = btoa(JSON.stringify({ exp: Date.parse("2026-01-01T00:01:40Z") / 1000 }))
    const session = make()
    session.start(1000)
    session.opened(1, `h.${claims}.s`)
    session.received(1, welcome({ heartbeatMs: 1e9 }), 1000)
    equal(session.wakeAt, 81000)
    equal(ofKind(session.tick(81000), "renew").length, 1)
    session.renewed(undefined, 81000)
    equal(session.wakeAt, 86000)
    equal(sent(session.renewed(`h.${claims}.s`, 86000)), [{ type: "auth", token: `h.${claims}.s` }])
    equal(session.wakeAt, 86000 + 15000 * 0.8)
})

check("members: pages, news between them, a list that lacks somebody, and a return as another session", () => {
    const session = make()
    const member = (peerId, since = 1) => ({ peerId, polite: true, since })
    const [cn, opened] = open(session, 0, { members: [member("bob"), member("cid")], more: true })
    equal(told(opened, "peer-joined").map((each) => each.peerId), ["bob", "cid"])
    session.received(cn, { ...member("eve"), type: "peer-joined" }, 1)
    session.received(cn, { type: "members", members: [member("dan")], more: false }, 1)
    equal([...session.conversation.roster.members.keys()], ["bob", "cid", "eve", "dan"])
    const away = session.received(cn, { type: "peer-updated", peerId: "bob", away: true }, 1)
    equal(told(away, "peer-updated")[0].away, true)
    const sync = session.received(cn, { type: "resync", members: [member("bob"), member("cid", 2)] }, 1)
    equal(told(sync, "peer-left").map((each) => [each.peerId, each.reason]),
        [["eve", "missed"], ["dan", "missed"], ["cid", "missed"]])
    equal(told(sync, "peer-joined").map((each) => each.peerId), ["cid"])
    equal(told(sync, "peer-updated").map((each) => [each.peerId, each.away]), [["bob", false]])
})

check("metadata set without a connection is shown after a resume", () => {
    const session = make()
    const [cn] = open(session)
    session.closed(cn, 1006, "", 1)
    equal(session.present({ name: "Ann" }, 2), [])
    session.tick(1e6)
    equal(sent(session.opened(cn + 1))[0].metadata, { name: "Ann" })
    const back = session.received(cn + 1, welcome({ resumed: true }), 1e6)
    equal(sent(back), [{ type: "presence", metadata: { name: "Ann" } }])
})

check("any order of events: each signal ends once, nothing is due in the past, and the end is quiet", () => {
    let state = seed
    const next = (bound) => {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0
        return Math.floor(state / 2 ** 32 * bound)
    }
    for (let round = 0; round < 300; round += 1) {
        const session = new Session(options, undefined, { number: () => next(1000) / 1000, sid: random.sid })
        const given = new Set()
        const settled = []
        let now = 0
        const take = (actions = []) => settled.push(...ends(actions).map(([id]) => id))
        take(session.start(now))
        for (let step = 0; step < 200; step += 1) {
            now += next(400)
            const { cn, trying, live } = session.connection
            const id = [...given][next(given.size + 1)]
            const anyone = next(3) === 0 ? cn : trying || live || -1
            const from = (message) => take(session.received(live || -1, message, now))
            const event = next(12)
            if (event === 0) take(session.opened(anyone))
            else if (event === 1) take(session.received(anyone, welcome({ resumed: next(2) === 0 }), now))
            else if (event === 2) take(session.closed(anyone, [1006, 1012, 1013, 4408][next(4)], "", now))
            else if (event <= 5) {
                const [fresh, actions] = send(session, now, ["bob"], now + 5000)
                if (actions) given.add(fresh)
                take(actions)
            } else if (event === 6) from({ type: "ack", id, to: "bob", level: "received" })
            else if (event === 7) from({ type: "nack", id, to: "bob", code: "full" })
            else if (event === 8) from({ type: "error", id, code: "rate_limited", retryAfterMs: 50 })
            else if (event === 9) from({ type: "go-away", retryAfterMs: 10 })
            take(session.tick(now))
            if (session.wakeAt <= now) throw new Error(`round ${round}, step ${step}: ${session.wakeAt} <= ${now}`)
        }
        take(session.leave())
        equal([...new Set(settled)].length, settled.length)
        equal(settled.filter((each) => given.has(each)).length, given.size)
        equal([session.leave(), session.tick(now + 1e9), session.wakeAt === Infinity], [[], [], true])
    }
})

return { checks, failures }
