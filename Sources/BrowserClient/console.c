#include "BrowserClient.h"

// Every file of the folder console/, for `/console` and below.
static const EmbeddedFile files[] = {
    {"index.html", (const unsigned char[]){
#embed "console/index.html" suffix(, 0)
    }},
    {nullptr, nullptr},
};

const EmbeddedFile *consoleFiles(void) { return files; }
