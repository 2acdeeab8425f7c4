#include "BrowserClient.h"

// Every file of the folder demo/, for `/` and `/demo/`.
static const EmbeddedFile files[] = {
    {"index.html", (const unsigned char[]){
#embed "demo/index.html" suffix(, 0)
    }},
    {"code.js", (const unsigned char[]){
#embed "demo/code.js" suffix(, 0)
    }},
    {"conversation.css", (const unsigned char[]){
#embed "demo/conversation.css" suffix(, 0)
    }},
    {"conversation.js", (const unsigned char[]){
#embed "demo/conversation.js" suffix(, 0)
    }},
    {"demo.js", (const unsigned char[]){
#embed "demo/demo.js" suffix(, 0)
    }},
    {"element.js", (const unsigned char[]){
#embed "demo/element.js" suffix(, 0)
    }},
    {"entrance.js", (const unsigned char[]){
#embed "demo/entrance.js" suffix(, 0)
    }},
    {"file-card.js", (const unsigned char[]){
#embed "demo/file-card.js" suffix(, 0)
    }},
    {"file-name.js", (const unsigned char[]){
#embed "demo/file-name.js" suffix(, 0)
    }},
    {"files.js", (const unsigned char[]){
#embed "demo/files.js" suffix(, 0)
    }},
    {"icon.svg", (const unsigned char[]){
#embed "demo/icon.svg" suffix(, 0)
    }},
    {"layout.css", (const unsigned char[]){
#embed "demo/layout.css" suffix(, 0)
    }},
    {"names.js", (const unsigned char[]){
#embed "demo/names.js" suffix(, 0)
    }},
    {"people.js", (const unsigned char[]){
#embed "demo/people.js" suffix(, 0)
    }},
    {"room-address.js", (const unsigned char[]){
#embed "demo/room-address.js" suffix(, 0)
    }},
    {"ten-lines.js", (const unsigned char[]){
#embed "demo/ten-lines.js" suffix(, 0)
    }},
    {"theme.css", (const unsigned char[]){
#embed "demo/theme.css" suffix(, 0)
    }},
    {"visit.js", (const unsigned char[]){
#embed "demo/visit.js" suffix(, 0)
    }},
    {"words.js", (const unsigned char[]){
#embed "demo/words.js" suffix(, 0)
    }},
    {nullptr, nullptr},
};

const EmbeddedFile *demoFiles(void) { return files; }
