import BrowserClient
import NIOCore
import SignalDomain

/// A page, module or style sheet that the node serves to browsers, out of its own binary.
struct BrowserFile: Sendable {
    /// Where it is served.
    let path: String
    /// By its extension, as browsers insist on for modules (HTML, "fetch a single module script").
    let contentType: String
    /// Changes with the content (RFC 9110 §8.8.3).
    let entityTag: String
    let body: ByteBuffer

    /// `index.html` of the demo is `/`, that of the console `/console`; all others keep their names.
    static let all: [BrowserFile] =
        files(clientFiles(), under: "/client") + files(demoFiles(), under: "/demo", index: "/")
        + files(consoleFiles(), under: "/console", index: "/console")

    private init(path: String, text: String) {
        self.path = path
        contentType = Self.contentTypes[path.split(separator: ".").last ?? ""] ?? "text/html; charset=utf-8"
        body = ByteBuffer(string: text)
        entityTag = "\"" + String(body.withUnsafeReadableBytes { PayloadHash.of($0) }, radix: 16) + "\""
    }

    private static let contentTypes: [Substring: String] = [
        "js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml",
        "json": "application/json; charset=utf-8",
    ]

    /// Reads a list up to the entry without a path. Its memory is constant, so any thread may.
    private static func files(
        _ list: UnsafePointer<EmbeddedFile>?, under folder: String, index: String? = nil
    ) -> [BrowserFile] {
        var files: [BrowserFile] = []
        var entry = list
        while let path = entry?.pointee.path, let text = entry?.pointee.text {
            let name = String(cString: path)
            files.append(
                BrowserFile(
                    path: name == "index.html" ? index ?? folder : folder + "/" + name, text: String(cString: text)))
            entry = entry?.successor()
        }
        return files
    }
}
