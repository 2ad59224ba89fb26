import Synchronization

/// The prepared statements of each connection of one store.
///
/// A connection that was closed before its statements lives on, as a zombie, until they are finalized: so no other has its
/// address meanwhile. Source: sqlite.org/c3ref/close.html.
final class StatementCaches: Sendable {
  /// By the connection's address.
  private let caches = Mutex<[UInt: SQL]>([:])

  /// Call on the connection's own queue.
  func of(_ connection: OpaquePointer) -> SQL {
    let address = UInt(bitPattern: connection)
    if let known = caches.withLock({ $0[address] }) { return known }
    let made = SQL(connection)
    caches.withLock { $0[address] = made }
    return made
  }

  /// Call when no statement runs, before connections close.
  func forget() { caches.withLock { $0 = [:] } }
}
