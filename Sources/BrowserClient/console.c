#include "BrowserClient.h"

// Every file of the folder console/, for `/console` and below.
static const EmbeddedFile files[] = {
    {"index.html", (const unsigned char[]){
#embed "console/index.html" suffix(, 0)
    }},
    {"admin-api.js", (const unsigned char[]){
#embed "console/admin-api.js" suffix(, 0)
    }},
    {"cluster.js", (const unsigned char[]){
#embed "console/cluster.js" suffix(, 0)
    }},
    {"console.js", (const unsigned char[]){
#embed "console/console.js" suffix(, 0)
    }},
    {"dialogs.js", (const unsigned char[]){
#embed "console/dialogs.js" suffix(, 0)
    }},
    {"dom.js", (const unsigned char[]){
#embed "console/dom.js" suffix(, 0)
    }},
    {"event-list.js", (const unsigned char[]){
#embed "console/event-list.js" suffix(, 0)
    }},
    {"event-stream.js", (const unsigned char[]){
#embed "console/event-stream.js" suffix(, 0)
    }},
    {"event-words.js", (const unsigned char[]){
#embed "console/event-words.js" suffix(, 0)
    }},
    {"ice-panel.js", (const unsigned char[]){
#embed "console/ice-panel.js" suffix(, 0)
    }},
    {"icon.svg", (const unsigned char[]){
#embed "console/icon.svg" suffix(, 0)
    }},
    {"layout.css", (const unsigned char[]){
#embed "console/layout.css" suffix(, 0)
    }},
    {"node-cards.js", (const unsigned char[]){
#embed "console/node-cards.js" suffix(, 0)
    }},
    {"pair-events.js", (const unsigned char[]){
#embed "console/pair-events.js" suffix(, 0)
    }},
    {"pair-story.js", (const unsigned char[]){
#embed "console/pair-story.js" suffix(, 0)
    }},
    {"pair-view.js", (const unsigned char[]){
#embed "console/pair-view.js" suffix(, 0)
    }},
    {"panels.css", (const unsigned char[]){
#embed "console/panels.css" suffix(, 0)
    }},
    {"room-browser.js", (const unsigned char[]){
#embed "console/room-browser.js" suffix(, 0)
    }},
    {"room-detail.js", (const unsigned char[]){
#embed "console/room-detail.js" suffix(, 0)
    }},
    {"sparkline.js", (const unsigned char[]){
#embed "console/sparkline.js" suffix(, 0)
    }},
    {"theme.css", (const unsigned char[]){
#embed "console/theme.css" suffix(, 0)
    }},
    {"words.js", (const unsigned char[]){
#embed "console/words.js" suffix(, 0)
    }},
    {nullptr, nullptr},
};

const EmbeddedFile *consoleFiles(void) { return files; }
