import { showCodeOnDemand } from "./code.js"
import { Conversation } from "./conversation.js"
import { byID, copyFrom, inputByID } from "./element.js"
import { Entrance } from "./entrance.js"
import { Files } from "./files.js"
import { inventName, inventRoom } from "./names.js"
import { People } from "./people.js"
import { linkTo, roomOfLink } from "./room-address.js"
import { Visit } from "./visit.js"

const people = new People()
const conversation = new Conversation()
const files = new Files(conversation)
const entrance = new Entrance(enter)

/** @type {import("./entrance.js").Entry} */
let entry = { room: "", namespace: "", relayOnly: false, token: "", name: rememberedName() }
/** @type {Visit | undefined} */
let visit

/** @param {import("./entrance.js").Entry} chosen */
function enter(chosen) {
    entry = chosen
    rememberName(entry.name)
    visit?.close()
    conversation.clear()
    files.forget()
    showTrouble("")
    byID("room-name").textContent = entry.room
    byID("room-overline").textContent = entry.namespace ? `Room in ${entry.namespace}` : "Room"
    document.title = `${entry.room} · Signaling cluster`
    inputByID("link").value = linkTo(entry)
    if (location.href !== linkTo(entry)) history.pushState(null, "", linkTo(entry))
    visit = new Visit(entry, { people, conversation, files, showSignaling, showTrouble })
    void visit.open()
}

/** Enters the room of the link, or asks for one. */
function followLink() {
    const address = roomOfLink()
    // A token is for the room that it was entered for.
    if (address) enter({ ...address, name: entry.name, token: "" })
    else entrance.open({ ...entry, room: inventRoom() }, { mayCancel: false })
}

/**
 * @param {string} state
 * @param {string} words
 */
function showSignaling(state, words) {
    byID("signaling").dataset.state = state
    byID("signaling-words").textContent = words
}

/**
 * @param {string} words "" = none
 * @param {string} [code] of the server
 */
function showTrouble(words, code) {
    const trouble = byID("trouble")
    trouble.hidden = !words
    trouble.textContent = words
    const asksForToken = code === "unauthorized" || code === "token_expired"
    if (asksForToken) entrance.open(entry, { mayCancel: true, asksForToken })
}

function rememberedName() {
    return sessionStorage.getItem("demo-name") ?? inventName()
}

/** @param {string} name */
function rememberName(name) {
    sessionStorage.setItem("demo-name", name)
}

byID("copy-link").addEventListener("click", () => copyFrom(byID("copy-link"), linkTo(entry)))
byID("change-room").addEventListener("click", () => entrance.open(entry, { mayCancel: true }))
inputByID("link").addEventListener("focus", () => inputByID("link").select())

inputByID("own-name").addEventListener("change", () => {
    const name = inputByID("own-name").value.trim() || entry.name
    inputByID("own-name").value = name
    entry = { ...entry, name }
    rememberName(name)
    visit?.rename(name)
})
inputByID("own-name").addEventListener("keydown", ({ key }) => key === "Enter" && inputByID("words").focus())

byID("composer").addEventListener("submit", async (event) => {
    event.preventDefault()
    const field = inputByID("words")
    const text = field.value.trim()
    if (!text || !visit) return
    field.value = ""
    if (await visit.say(text)) return
    field.value ||= text
    conversation.note("Nobody is connected yet, so nobody got that.")
})

/** @param {FileList | undefined} list */
function sendAll(list) {
    for (const file of list ?? []) void files.send(file, visit?.peers ?? [])
}

byID("choose").addEventListener("click", () => inputByID("file").click())
inputByID("file").addEventListener("change", () => {
    sendAll(inputByID("file").files ?? undefined)
    inputByID("file").value = ""
})

// A file may be dropped anywhere: beside the panel it would replace the page.
const panel = byID("conversation")
for (const type of ["dragenter", "dragover"]) {
    document.addEventListener(type, (event) => {
        event.preventDefault()
        panel.classList.add("dropping")
    })
}
document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (!relatedTarget) panel.classList.remove("dropping")
})
document.addEventListener("drop", (event) => {
    event.preventDefault()
    panel.classList.remove("dropping")
    sendAll(event.dataTransfer?.files)
})

addEventListener("popstate", followLink)
showCodeOnDemand()
followLink()
