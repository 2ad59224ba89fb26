/// Every bound of a server's connections and requests, below what its endpoints ask of a message.
///
/// Tests make them small to meet them.
package struct ListeningBounds: Sendable {
  /// Connections together. Full, the one goes that has had nothing under way for longest.
  package var connections = 512
  /// Connections from one address (of IPv6: from one /64 network), loopback aside.
  package var connectionsPerAddress = 64
  /// Connections from this machine: all its scripts, tunnels and proxies.
  package var connectionsFromLoopback = 256
  /// From the connection, or from the last answer, until a request's whole head is here.
  package var headSeconds = 60.0
  /// What a message on its way in or out has before its pace is looked at.
  package var graceSeconds = 20.0
  /// Bytes a second that a message must come or go with after that.
  package var bytesPerSecond = 8192.0
  /// A request's head: of all lines together, and of each.
  package var headBytes = 32 * 1024
  package var headFields = 64

  package init() {}
}
