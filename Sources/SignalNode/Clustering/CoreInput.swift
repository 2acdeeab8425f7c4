import Backplane
import NIOCore
import SignalDomain

/// What the event loops of the sockets hand to the cluster, in the order in which each session did it.
enum CoreInput: Sendable {
    /// A broadcast whose local receivers have it already.
    case relay(Envelope)
    /// A broadcast that must not overtake directed signals of its sender: local receivers get it from here.
    case broadcast(Envelope)
    case signal(DirectedSignal, Session)
    /// A `publish` for the topic of the session, as far as its node has written it (`TopicMessage.opened`).
    case publication([UInt8], Session)
    /// A message for whoever holds a place in another room.
    case parcel(Parcel, Session)
    /// The client has everything up to this number of its connection.
    case confirmed(UInt64, Session)
    /// The first frame after the welcome.
    case heard(Session)
    case metadata(String, Session)
    case roundTrip(Int64, Session)
    case departed(Departure, Session)
}
