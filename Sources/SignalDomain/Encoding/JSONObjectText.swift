/// Writes one flat JSON object member by member, in the order of the calls.
package struct JSONObjectText {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    package init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// The finished object.
    package var closed: [UInt8] { bytes + [UInt8(ascii: "}")] }

    package mutating func add(_ name: StaticString, _ text: String) {
        begin(name)
        JSONText.append(text, to: &bytes)
    }

    package mutating func add(_ name: StaticString, _ number: some FixedWidthInteger) {
        add(name, json: String(number))
    }

    package mutating func add(_ name: StaticString, _ flag: Bool) {
        add(name, json: flag ? "true" : "false")
    }

    /// Adds a value that is JSON text already.
    package mutating func add(_ name: StaticString, json: String) {
        begin(name)
        bytes += json.utf8
    }

    package mutating func add(_ name: StaticString, _ object: JSONObjectText) {
        begin(name)
        bytes += object.closed
    }

    /// Adds an array of objects.
    package mutating func add(_ name: StaticString, _ objects: some Sequence<JSONObjectText>) {
        add(name, array: objects) { $1 += $0.closed }
    }

    /// Adds an array of strings.
    package mutating func add(_ name: StaticString, _ texts: some Sequence<String>) {
        add(name, array: texts) { JSONText.append($0, to: &$1) }
    }

    private mutating func add<Element>(
        _ name: StaticString, array: some Sequence<Element>, write: (Element, inout [UInt8]) -> Void
    ) {
        begin(name)
        bytes.append(UInt8(ascii: "["))
        for element in array {
            if bytes.last != UInt8(ascii: "[") { bytes.append(UInt8(ascii: ",")) }
            write(element, &bytes)
        }
        bytes.append(UInt8(ascii: "]"))
    }

    private mutating func begin(_ name: StaticString) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(contentsOf: UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        bytes.append(contentsOf: [UInt8(ascii: "\""), UInt8(ascii: ":")])
    }
}
