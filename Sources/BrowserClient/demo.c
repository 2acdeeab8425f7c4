#include "BrowserClient.h"

// Every file of the folder demo/, for `/` and `/demo/`.
static const EmbeddedFile files[] = {
    {"index.html", (const unsigned char[]){
#embed "demo/index.html" suffix(, 0)
    }},
    {nullptr, nullptr},
};

const EmbeddedFile *demoFiles(void) { return files; }
