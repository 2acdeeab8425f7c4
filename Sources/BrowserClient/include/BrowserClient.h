#ifndef BROWSER_CLIENT_H
#define BROWSER_CLIENT_H

/// A text file as it stood in the sources when the program was built.
typedef struct {
    /// Relative to the folder of its list.
    const char *path;
    /// UTF-8, ended by a zero byte.
    const unsigned char *text;
} EmbeddedFile;

/// The lists of the folders `client`, `demo` and `console`; each ends with an entry without a path.
const EmbeddedFile *clientFiles(void);
const EmbeddedFile *demoFiles(void);
const EmbeddedFile *consoleFiles(void);

#endif
