/// The containers that are open inside a message: for an object the number of its names so far, for an array a mark.
///
/// The slots live on the call stack of the cursor, so nesting costs no allocation.
struct NestingStack {
    private static let array: Int32 = -1

    private let slots: UnsafeMutableBufferPointer<Int32>
    private let room: Int
    private var depth = 0

    /// `room` is how many containers may be open; never more than there are slots.
    init(slots: UnsafeMutableBufferPointer<Int32>, room: Int) {
        self.slots = slots
        self.room = min(room, slots.count)
    }

    var isEmpty: Bool { depth == 0 }

    /// The innermost container is an object; false when none is open.
    @inline(__always)
    var isInObject: Bool { depth > 0 && slots[depth &- 1] >= 0 }

    @inline(__always)
    mutating func pushObject() throws(ScanError) { try push(0) }

    @inline(__always)
    mutating func pushArray() throws(ScanError) { try push(Self.array) }

    @inline(__always)
    mutating func pop() { depth &-= 1 }

    /// Counts one more name of the innermost object.
    @inline(__always)
    func countName(limit: Int) throws(ScanError) {
        guard slots[depth &- 1] < limit else { throw .tooManyKeys }
        slots[depth &- 1] &+= 1
    }

    @inline(__always)
    private mutating func push(_ mark: Int32) throws(ScanError) {
        guard depth < room else { throw .tooDeep }
        slots[depth] = mark
        depth &+= 1
    }
}
