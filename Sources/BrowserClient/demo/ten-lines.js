import { SignalingClient } from "/client/signaling-client.js"
import { PeerMesh } from "/client/peer-mesh.js"

const client = new SignalingClient({ room: "lobby" })
const mesh = new PeerMesh(client)

mesh.on("channel", ({ peer }) => peer.send(`Hello, ${peer.id}`))
mesh.on("message", ({ peer, data }) => console.log(`${peer.id}: ${data}`))
mesh.on("gone", ({ peer }) => console.log(`${peer.id} has left`))
await client.open()
