import NIOCore
import Testing

@testable import SignalTransport

@Suite("Writes of a turn") struct TurnWritesTests {
    private static func frame(_ bytes: Int, _ filling: UInt8 = 0x61) -> ByteBuffer {
        ByteBuffer(repeating: filling, count: bytes)
    }

    @Test("a frame that is alone leaves as it is, whatever its size", arguments: [0, 1, 180, 100_000])
    func keepsOneFrame(size: Int) {
        var writes = TurnWrites()
        var line = TurnWrites.Line()
        let frame = Self.frame(size)
        writes.append(frame, to: &line)
        #expect(line.bytes == size)
        #expect(!line.isEmpty)
        #expect(writes.takePiece(of: &line) == frame)
        #expect(line.isEmpty)
        #expect(line.bytes == 0)
        #expect(writes.takePiece(of: &line) == nil)
    }

    @Test("small frames leave together, large ones alone, and no piece grows beyond its bound")
    func joins() {
        var writes = TurnWrites()
        var line = TurnWrites.Line()
        let sizes =
            [100, 200, TurnWrites.copiedBytes + 1, 300, 400]
            + Array(repeating: TurnWrites.copiedBytes, count: TurnWrites.pieceBytes / TurnWrites.copiedBytes + 1)
        for size in sizes { writes.append(Self.frame(size), to: &line) }
        var pieces: [Int] = []
        while let piece = writes.takePiece(of: &line) { pieces.append(piece.readableBytes) }
        let joined = 700 + 3 * TurnWrites.copiedBytes
        #expect(pieces == [300, TurnWrites.copiedBytes + 1, joined, 2 * TurnWrites.copiedBytes])
    }

    @Test("a piece that somebody still holds is not written over")
    func keepsWhatIsHeld() {
        var writes = TurnWrites()
        var line = TurnWrites.Line()
        var held: [ByteBuffer] = []
        for filling in UInt8(0)..<8 {
            writes.append(Self.frame(10, filling), to: &line)
            writes.append(Self.frame(10, filling), to: &line)
            held.append(writes.takePiece(of: &line) ?? ByteBuffer())
        }
        #expect(held == (UInt8(0)..<8).map { Self.frame(20, $0) })
    }

    @Test("a line that is cleared is empty, and the others keep what they have")
    func clears() {
        var writes = TurnWrites()
        var (one, other) = (TurnWrites.Line(), TurnWrites.Line())
        for size in 1...5 {
            writes.append(Self.frame(size), to: &one)
            writes.append(Self.frame(size, 0x62), to: &other)
        }
        writes.clear(&one)
        #expect(one.isEmpty)
        #expect(one.bytes == 0)
        #expect(writes.takePiece(of: &other) == Self.frame(15, 0x62))
        writes.append(Self.frame(7), to: &one)
        #expect(writes.takePiece(of: &one) == Self.frame(7))
    }

    @Test("every line gives back its own bytes in order, however turns and lines are mixed", arguments: 0..<20)
    func staysInOrder(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var writes = TurnWrites()
        var lines = (0..<9).map { _ in TurnWrites.Line() }
        var expected = Array(repeating: ByteBuffer(), count: lines.count)
        var taken = expected
        for _ in 0..<2_000 {
            let index = Int.random(in: lines.indices, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<7:
                let most = Bool.random(using: &random) ? 300 : 3 * TurnWrites.copiedBytes
                let bytes = Int.random(in: 0...most, using: &random)
                let frame = Self.frame(bytes, UInt8.random(in: 0...255, using: &random))
                writes.append(frame, to: &lines[index])
                expected[index].writeImmutableBuffer(frame)
            case 7..<9:
                if let piece = writes.takePiece(of: &lines[index]) { taken[index].writeImmutableBuffer(piece) }
            default:
                for index in lines.indices {
                    while let piece = writes.takePiece(of: &lines[index]) {
                        taken[index].writeImmutableBuffer(piece)
                    }
                }
            }
            #expect(lines[index].bytes == expected[index].readableBytes - taken[index].readableBytes, "seed \(seed)")
        }
        for index in lines.indices {
            while let piece = writes.takePiece(of: &lines[index]) { taken[index].writeImmutableBuffer(piece) }
        }
        #expect(taken == expected, "seed \(seed)")
    }
}
