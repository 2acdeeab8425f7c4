/// A member of a `SlotList`; only the list sets the slot.
protocol Slotted: AnyObject {
    var slot: Int { get set }
}

/// Objects in no order, each of which knows its place: adding and removing one costs the same however many there are.
struct SlotList<Element: Slotted> {
    private(set) var elements: [Element] = []

    mutating func insert(_ element: Element) {
        element.slot = elements.count
        elements.append(element)
    }

    /// Removes an element; one that is not in the list is left alone.
    mutating func remove(_ element: Element) {
        let slot = element.slot
        guard elements.indices.contains(slot), elements[slot] === element, let last = elements.popLast() else { return }
        if last !== element {
            elements[slot] = last
            last.slot = slot
        }
        element.slot = -1
    }
}
