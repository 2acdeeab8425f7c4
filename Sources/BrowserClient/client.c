#include "BrowserClient.h"

// Every file of the folder client/. The compiler reads them in and remembers them, so that a change builds anew.
static const EmbeddedFile files[] = {
    {"actions.js", (const unsigned char[]){
#embed "client/actions.js" suffix(, 0)
    }},
    {"connection.js", (const unsigned char[]){
#embed "client/connection.js" suffix(, 0)
    }},
    {"conversation.js", (const unsigned char[]){
#embed "client/conversation.js" suffix(, 0)
    }},
    {"file-transfer.js", (const unsigned char[]){
#embed "client/file-transfer.js" suffix(, 0)
    }},
    {"inbox.js", (const unsigned char[]){
#embed "client/inbox.js" suffix(, 0)
    }},
    {"liveness.js", (const unsigned char[]){
#embed "client/liveness.js" suffix(, 0)
    }},
    {"outbox.js", (const unsigned char[]){
#embed "client/outbox.js" suffix(, 0)
    }},
    {"peer-channel.js", (const unsigned char[]){
#embed "client/peer-channel.js" suffix(, 0)
    }},
    {"peer-connection.js", (const unsigned char[]){
#embed "client/peer-connection.js" suffix(, 0)
    }},
    {"peer-mesh.js", (const unsigned char[]){
#embed "client/peer-mesh.js" suffix(, 0)
    }},
    {"peer-route.js", (const unsigned char[]){
#embed "client/peer-route.js" suffix(, 0)
    }},
    {"peer.js", (const unsigned char[]){
#embed "client/peer.js" suffix(, 0)
    }},
    {"reconnect.js", (const unsigned char[]){
#embed "client/reconnect.js" suffix(, 0)
    }},
    {"renewal-time.js", (const unsigned char[]){
#embed "client/renewal-time.js" suffix(, 0)
    }},
    {"roster.js", (const unsigned char[]){
#embed "client/roster.js" suffix(, 0)
    }},
    {"session-storage.js", (const unsigned char[]){
#embed "client/session-storage.js" suffix(, 0)
    }},
    {"session.js", (const unsigned char[]){
#embed "client/session.js" suffix(, 0)
    }},
    {"signaling-client.js", (const unsigned char[]){
#embed "client/signaling-client.js" suffix(, 0)
    }},
    {"signaling-error.js", (const unsigned char[]){
#embed "client/signaling-error.js" suffix(, 0)
    }},
    {"signaling-socket.js", (const unsigned char[]){
#embed "client/signaling-socket.js" suffix(, 0)
    }},
    {"telemetry.js", (const unsigned char[]){
#embed "client/telemetry.js" suffix(, 0)
    }},
    {nullptr, nullptr},
};

const EmbeddedFile *clientFiles(void) { return files; }
