import NIOCore
import Synchronization

/// Who is connected to a server.
///
/// Full, overall or for one address, the connection goes whose turn has been longest and that no answer is being
/// made for; if there is none, the newcomer goes. So a stranger who holds many connections open loses them, and keeps
/// nobody out.
package final class ConnectionLedger: Sendable {
  private let bounds: ListeningBounds
  private let state = Mutex(State())

  private struct State {
    var entries: [ObjectIdentifier: Entry] = [:]
    var counts: [NetworkAddress: Int] = [:]
    var turn: UInt64 = 0
  }

  private struct Entry {
    let channel: any Channel
    let address: NetworkAddress
    /// Rises with each connection, and with each answer.
    var turn: UInt64
    var isAnswered = false
    var owner: UInt32??
  }

  package init(bounds: ListeningBounds) { self.bounds = bounds }

  package var count: Int { state.withLock { $0.entries.count } }

  enum Admission: Equatable {
    case welcome
    /// Another connection was closed for it.
    case instead
    case refused
  }

  func admit(_ channel: any Channel, from address: NetworkAddress) -> Admission {
    let limit = address.isLoopback ? bounds.connectionsFromLoopback : bounds.connectionsPerAddress
    let (admission, closing) = state.withLock { state -> (Admission, (any Channel)?) in
      var victim: ObjectIdentifier?
      let ofAddress = state.counts[address, default: 0] >= limit
      if ofAddress || state.entries.count >= bounds.connections {
        victim =
          state.entries
          .filter { !$0.value.isAnswered && (!ofAddress || $0.value.address == address) }
          .min { $0.value.turn < $1.value.turn }?.key
        guard victim != nil else { return (.refused, nil) }
      }
      let closing = victim.flatMap { state.entries[$0]?.channel }
      if let victim { ConnectionLedger.remove(victim, &state) }
      state.turn += 1
      state.entries[ObjectIdentifier(channel)] = Entry(
        channel: channel, address: address, turn: state.turn)
      state.counts[address, default: 0] += 1
      return (closing == nil ? .welcome : .instead, closing)
    }
    closing?.close(promise: nil)
    return admission
  }

  /// A whole request is here and is being answered, or the answer is out.
  func note(_ channel: any Channel, isAnswered: Bool) {
    state.withLock { state in
      state.turn += 1
      state.entries[ObjectIdentifier(channel)]?.isAnswered = isAnswered
      state.entries[ObjectIdentifier(channel)]?.turn = state.turn
    }
  }

  func forget(_ channel: any Channel) {
    state.withLock { ConnectionLedger.remove(ObjectIdentifier(channel), &$0) }
  }

  /// The user whose process is at the other end of a loopback connection, looked up once; nil if that is not known.
  package func owner(of channel: any Channel) -> UInt32? {
    let id = ObjectIdentifier(channel)
    if let known = state.withLock({ $0.entries[id]?.owner }) { return known }
    let found = SocketOwner.of(channel)
    state.withLock { $0.entries[id]?.owner = .some(found) }
    return found
  }

  private static func remove(_ id: ObjectIdentifier, _ state: inout State) {
    guard let gone = state.entries.removeValue(forKey: id) else { return }
    let left = state.counts[gone.address, default: 1] - 1
    state.counts[gone.address] = left > 0 ? left : nil
  }
}
