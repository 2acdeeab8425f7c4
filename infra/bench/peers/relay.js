// A relay on Node with ws, as a Node team would write it: a map of rooms, JSON.parse, JSON.stringify, ws.send.
//
//   PORT=8081        where it listens on 127.0.0.1
//   REDIS_URL=…      with it, processes share their rooms through Redis' publish and subscribe
//
// It speaks the wire contract of the old server (docs/migration.md): the query joins, `welcome` answers, objects go to the
// others of the room with the four members of the server behind their own. It is not that server, but a stand-in for it:
// no tokens, no limits, no rendezvous, no metrics, so it is rather cheaper. Needs Debian's node-ws, and node-redis with
// REDIS_URL.
'use strict'
const http = require('node:http')
const { randomUUID } = require('node:crypto')
const { WebSocketServer } = require('ws')

const processId = randomUUID()
const rooms = new Map() // "namespace::room" → Map of peerId → socket

const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json')
  response.end(JSON.stringify({ ok: true, now: new Date().toISOString() }))
})
const sockets = new WebSocketServer({ server, path: '/signal' })

sockets.on('connection', async (socket, request) => {
  const query = new URL(request.url, 'http://localhost').searchParams
  const namespace = query.get('namespace') || 'global'
  const room = query.get('room') || 'public'
  const peerId = query.get('peerId') || randomUUID()
  const key = `${namespace}::${room}`

  socket.on('message', data => receive(socket, { namespace, room, peerId, key }, data))
  socket.on('close', () => leave(key, peerId, socket))
  socket.on('error', () => socket.terminate())

  await join(key, peerId, socket)
  socket.send(JSON.stringify({ type: 'welcome', peerId, namespace, room, now: new Date().toISOString() }))
})

function receive(socket, { namespace, room, peerId, key }, data) {
  let message
  try {
    message = JSON.parse(data.toString())
  } catch {
    return socket.send(JSON.stringify({ type: 'error', code: 'invalid_json' }))
  }
  if (message.type === 'heartbeat') {
    return socket.send(JSON.stringify({ type: 'heartbeat-ack', now: new Date().toISOString() }))
  }
  const stamped = { ...message, sourcePeerId: peerId, namespace, room, receivedAt: new Date().toISOString() }
  deliver(key, peerId, JSON.stringify(stamped))
  if (publisher) publisher.publish(key, JSON.stringify({ origin: processId, from: peerId, message: stamped }))
}

function deliver(key, from, text) {
  for (const [peerId, socket] of rooms.get(key) ?? []) {
    if (peerId !== from && socket.readyState === socket.OPEN) socket.send(text)
  }
}

async function join(key, peerId, socket) {
  const members = rooms.get(key)
  if (members) {
    members.set(peerId, socket)
    return
  }
  rooms.set(key, new Map([[peerId, socket]]))
  await subscriber?.subscribe(key, payload => {
    const { origin, from, message } = JSON.parse(payload)
    if (origin !== processId) deliver(key, from, JSON.stringify(message))
  })
}

function leave(key, peerId, socket) {
  const members = rooms.get(key)
  if (members?.get(peerId) !== socket) return
  members.delete(peerId)
  if (members.size > 0) return
  rooms.delete(key)
  subscriber?.unsubscribe(key)
}

let publisher
let subscriber
async function main() {
  if (process.env.REDIS_URL) {
    publisher = require('redis').createClient({ url: process.env.REDIS_URL })
    subscriber = publisher.duplicate()
    await Promise.all([publisher.connect(), subscriber.connect()])
  }
  server.listen({ host: '127.0.0.1', port: Number(process.env.PORT || 8081), backlog: 1024 })
}
main()
