package import NIOCore

/// What a node tells the cluster about itself with every heartbeat: its size, and which client addresses use a lot of it.
public struct NodeReport: Hashable, Sendable {
    /// The most addresses in one report, and in the totals of a reply.
    public static let maxLoads = 256

    /// Open WebSockets.
    public var sockets: Int
    /// Rooms with members on the node.
    public var rooms: Int
    /// At most `maxLoads`. An address that comes twice counts as the latter says.
    public let loads: [AddressLoad]

    /// - Parameter loads: the first `maxLoads` are kept.
    public init(sockets: Int = 0, rooms: Int = 0, loads: [AddressLoad] = []) {
        self.sockets = sockets
        self.rooms = rooms
        self.loads = Array(loads.prefix(Self.maxLoads))
    }

    private static let layout: UInt8 = 1

    /// `1 | sockets u32 | rooms u32 | (code u64, connections u32, messages u32)…`, big-endian, as the scripts read it.
    package var packed: ByteBuffer {
        var bytes = ByteBufferAllocator().buffer(capacity: 9 + 16 * loads.count)
        bytes.writeInteger(Self.layout)
        bytes.writeInteger(UInt32(clamping: sockets))
        bytes.writeInteger(UInt32(clamping: rooms))
        for load in loads {
            bytes.writeInteger(load.code.bits)
            bytes.writeInteger(UInt32(clamping: load.connections))
            bytes.writeInteger(UInt32(clamping: load.messages))
        }
        return bytes
    }

    /// Nil for another layout.
    package init?(packed: ByteBuffer) {
        var bytes = packed
        guard bytes.readInteger(as: UInt8.self) == Self.layout, let sockets = bytes.readInteger(as: UInt32.self),
            let rooms = bytes.readInteger(as: UInt32.self), bytes.readableBytes.isMultiple(of: 16)
        else { return nil }
        var loads: [AddressLoad] = []
        while let code = bytes.readInteger(as: UInt64.self), let connections = bytes.readInteger(as: UInt32.self),
            let messages = bytes.readInteger(as: UInt32.self)
        {
            loads.append(.init(code: .init(bits: code), connections: Int(connections), messages: Int(messages)))
        }
        self.init(sockets: Int(sockets), rooms: Int(rooms), loads: loads)
    }
}

/// A client address as the cluster knows it: a hash under the key that only the nodes have.
public struct AddressCode: Hashable, Sendable, Comparable {
    public let bits: UInt64

    public init(bits: UInt64) { self.bits = bits }

    public static func < (left: Self, right: Self) -> Bool { left.bits < right.bits }
}

/// What one address uses on one node.
public struct AddressLoad: Hashable, Sendable {
    public var code: AddressCode
    /// Open at present.
    public var connections: Int
    /// In the running window.
    public var messages: Int

    public init(code: AddressCode, connections: Int, messages: Int) {
        self.code = code
        self.connections = connections
        self.messages = messages
    }
}

/// A node that holds a lease.
public struct LiveNode: Hashable, Sendable {
    public var node: NodeInstance
    public var info: NodeInfo
    /// Milliseconds until its lease runs out unless it renews it; below 0 = nobody has reaped it yet.
    public var leaseLeftMs: Int64
    /// Empty until its first heartbeat, and after its drain.
    public var report: NodeReport

    public init(node: NodeInstance, info: NodeInfo, leaseLeftMs: Int64, report: NodeReport) {
        self.node = node
        self.info = info
        self.leaseLeftMs = leaseLeftMs
        self.report = report
    }
}
