import Hummingbird
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// What is known of a request beside what it says: where it comes from.
package struct PeerContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  package let address: NetworkAddress
  let channel: any Channel

  package init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    channel = source.channel
    address = NetworkAddress(source.channel.remoteAddress)
  }

  /// The other end is a program of the user whom this one runs as, on this machine.
  ///
  /// Where the system does not tell whose a socket is, every program of the machine counts as such.
  package func isOwnUser(_ ledger: ConnectionLedger) -> Bool {
    guard address.isLoopback else { return false }
    #if os(Linux)
      return ledger.owner(of: channel) == geteuid()
    #else
      return true
    #endif
  }
}
