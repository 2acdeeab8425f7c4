import CHiredis
import NIOCore

/// Builds one ``RESPValue`` from the calls that hiredis' reader makes while it parses a reply.
///
/// hiredis' own builder trusts the element count that the server claims and aborts the process when it cannot allocate
/// that much; this one refuses depth and counts that no honest server sends, and allocates as elements arrive.
/// Confined to its ``ReplyReader``.
final class ReplyBuilder {
    /// The depth of hiredis 0.14; later versions know no bound of their own.
    static let maxDepth = 8

    private struct OpenArray {
        var elements: [RESPValue]
        var missing: Int
    }

    private let maxElements: Int
    private var open: [OpenArray] = []
    private var finished: RESPValue?
    /// Why a callback refused to build, if one did.
    private(set) var refusal: String?

    init(maxElements: Int) {
        self.maxElements = maxElements
    }

    /// The finished reply, once.
    func take() -> RESPValue? {
        defer { finished = nil }
        return open.isEmpty ? finished : nil
    }

    func add(_ value: RESPValue) {
        var value = value
        while let last = open.indices.last {
            open[last].elements.append(value)
            open[last].missing -= 1
            guard open[last].missing == 0 else { return }
            value = .array(open.removeLast().elements)
        }
        finished = value
    }

    func addString(type: Int, _ bytes: UnsafeRawBufferPointer) {
        switch type {
        case Int(REDIS_REPLY_STATUS): add(.simple(String(decoding: bytes, as: UTF8.self)))
        case Int(REDIS_REPLY_ERROR): add(.error(RedisServerError(line: bytes)))
        default: add(.bulk(ByteBuffer(bytes: bytes)))
        }
    }

    /// False if the array is deeper or longer than allowed.
    func openArray(count: Int) -> Bool {
        guard open.count < Self.maxDepth else { return refuse("arrays are nested too deeply") }
        guard count <= maxElements else { return refuse("an array claims too many elements") }
        if count > 0 { open.append(OpenArray(elements: [], missing: count)) } else { add(.array([])) }
        return true
    }

    private func refuse(_ reason: String) -> Bool {
        refusal = reason
        return false
    }
}

/// The builder's callbacks as C functions. hiredis hands a task to each of them; its `privdata` is the builder.
extension ReplyBuilder {
    /// The closures name no C types, because hiredis 0.14 and 1.x differ in them (`int` became `size_t`).
    static func makeFunctions() -> redisReplyObjectFunctions {
        var functions = redisReplyObjectFunctions()
        functions.createString = { task, bytes, count in
            guard let task, let bytes, let builder = ReplyBuilder.of(task) else { return nil }
            builder.addString(type: Int(task.pointee.type), UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return task.pointee.privdata
        }
        functions.createArray = { task, count in
            guard let task, let builder = ReplyBuilder.of(task) else { return nil }
            return builder.openArray(count: Int(clamping: count)) ? task.pointee.privdata : nil
        }
        functions.createInteger = { task, number in
            guard let task, let builder = ReplyBuilder.of(task) else { return nil }
            builder.add(.integer(Int64(number)))
            return task.pointee.privdata
        }
        functions.createNil = { task in
            guard let task, let builder = ReplyBuilder.of(task) else { return nil }
            builder.add(.null)
            return task.pointee.privdata
        }
        // The objects that hiredis sees are all the builder itself, which the reader owns: nothing to free.
        functions.freeObject = { _ in }
        return functions
    }

    private static func of(_ task: UnsafePointer<redisReadTask>) -> ReplyBuilder? {
        task.pointee.privdata.map { Unmanaged<ReplyBuilder>.fromOpaque($0).takeUnretainedValue() }
    }
}
