import NIOCore

/// What the sockets of one event loop write in one turn: every socket has a line of frames, and what stands in it leaves
/// in as few pieces as possible, so that neither the channel nor the kernel is asked once per frame.
///
/// A frame that is alone in its line is not copied. Several small ones are copied behind each other into one buffer, which
/// is used again as soon as the kernel has taken it. Lines share one array, so an idle socket keeps nothing.
///
/// Confined to its event loop. A line is taken piece by piece and never inside of a call, because a write may end its
/// socket, and that end may put frames into other lines.
struct TurnWrites {
    /// The line of one socket. Its owner takes everything out of it before it goes away.
    struct Line {
        fileprivate var first = -1
        fileprivate var last = -1
        /// Bytes in the line.
        fileprivate(set) var bytes = 0

        var isEmpty: Bool { first < 0 }
    }

    private struct Entry {
        var frame: ByteBuffer
        /// The next one of the same line, or -1.
        var next = -1
    }

    /// The largest piece that is put together of several frames, in bytes.
    static let pieceBytes = 16_384
    /// Larger frames are not copied, in bytes.
    static let copiedBytes = 4_096
    /// Room for so many frames is kept for the next turn.
    private static let keptEntries = 4_096

    private var entries: [Entry] = []
    /// Entries that are in a line.
    private var waiting = 0
    private var joined = ByteBuffer()

    mutating func append(_ frame: ByteBuffer, to line: inout Line) {
        let index = entries.count
        entries.append(Entry(frame: frame))
        if line.isEmpty { line.first = index } else { entries[line.last].next = index }
        line.last = index
        line.bytes += frame.readableBytes
        waiting += 1
    }

    /// Takes the next piece out of a line, in order; nil when the line is empty.
    mutating func takePiece(of line: inout Line) -> ByteBuffer? {
        guard let frame = takeFrame(of: &line) else { return nil }
        guard fits(behind: frame.readableBytes, line), frame.readableBytes <= Self.copiedBytes else { return frame }
        joined.clear(minimumCapacity: Self.pieceBytes)
        joined.writeImmutableBuffer(frame)
        while fits(behind: joined.readableBytes, line), let next = takeFrame(of: &line) {
            joined.writeImmutableBuffer(next)
        }
        return joined
    }

    /// Forgets what stands in a line.
    mutating func clear(_ line: inout Line) {
        while takeFrame(of: &line) != nil {}
    }

    private mutating func takeFrame(of line: inout Line) -> ByteBuffer? {
        guard !line.isEmpty else { return nil }
        let entry = entries[line.first]
        // The frame is held by nobody but its receiver, also while other lines wait.
        entries[line.first].frame = ByteBuffer()
        line.first = entry.next
        line.bytes -= entry.frame.readableBytes
        waiting -= 1
        if waiting == 0 { entries.removeAll(keepingCapacity: entries.count <= Self.keptEntries) }
        return entry.frame
    }

    /// Whether the first frame of the line is to be copied behind so many bytes.
    private func fits(behind bytes: Int, _ line: Line) -> Bool {
        guard !line.isEmpty else { return false }
        let next = entries[line.first].frame.readableBytes
        return next <= Self.copiedBytes && bytes + next <= Self.pieceBytes
    }
}
