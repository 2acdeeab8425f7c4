/// What one message costs in a piece.
public struct Measurement: Equatable, Sendable {
    /// Blocks of memory per message, rounded to hundredths: a collection that grows now and then costs a fraction.
    public var allocations: Double
    /// CPU time per message, as a multiple of one pass of the reference loop in the same run.
    public var cpu: Double

    public init(allocations: Double, cpu: Double) {
        self.allocations = allocations
        self.cpu = cpu
    }
}
