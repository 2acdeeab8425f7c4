import NIOCore
import Testing

@testable import RedisWire

@Suite("Formatter of commands")
struct CommandFormatterTests {
    @Test("a command becomes an array of bulk strings")
    func format() {
        var formatter = CommandFormatter()
        var output = ByteBuffer()
        let command = RedisCommand("SET", ["key", .bytes(ByteBuffer(string: "a\r\nb\0c")), "", -42])
        #expect(formatter.append(command, to: &output) == true)
        #expect(
            String(buffer: output)
                == "*5\r\n$3\r\nSET\r\n$3\r\nkey\r\n$6\r\na\r\nb\0c\r\n$0\r\n\r\n$3\r\n-42\r\n")
    }

    @Test("commands are appended one after the other")
    func appending() {
        var formatter = CommandFormatter()
        var output = ByteBuffer()
        #expect(formatter.append(RedisCommand("GET", ["a"]), to: &output) == true)
        #expect(formatter.append(RedisCommand("PING"), to: &output) == true)
        #expect(String(buffer: output) == "*2\r\n$3\r\nGET\r\n$1\r\na\r\n*1\r\n$4\r\nPING\r\n")
    }

    @Test("only the readable bytes of a buffer are sent, and the buffer is unchanged")
    func slices() {
        var formatter = CommandFormatter()
        var output = ByteBuffer()
        var buffer = ByteBuffer(string: "xxabc")
        buffer.moveReaderIndex(forwardBy: 2)
        #expect(formatter.append(RedisCommand("ECHO", [.bytes(buffer)]), to: &output) == true)
        #expect(String(buffer: output).hasSuffix("$3\r\nabc\r\n"))
        #expect(buffer.readableBytes == 3)
    }

    @Test("the counted bytes of a command are never fewer than those on the wire")
    func counting() {
        let commands = [
            RedisCommand("PING"), RedisCommand("X", [""]), RedisCommand("X", [.integer(.min), .integer(.max)]),
            RedisCommand("X", Array(repeating: "abc", count: 1000)),
            RedisCommand("X", [.string(String(repeating: "y", count: 100_000))]),
        ]
        var formatter = CommandFormatter()
        for command in commands {
            var output = ByteBuffer()
            #expect(formatter.append(command, to: &output) == true)
            #expect(output.readableBytes <= command.byteCount, "\(command)")
        }
    }
}
