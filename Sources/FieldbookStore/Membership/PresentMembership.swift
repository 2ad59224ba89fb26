import FieldbookModel
import FieldbookReplication
import Synchronization

/// The membership as it was read last, for all transactions of a process.
package final class MembershipCache: Sendable {
  private let kept = Mutex<(version: Int64, membership: Membership)?>(nil)

  func membership(_ version: Int64) -> Membership? {
    kept.withLock { $0?.version == version ? $0?.membership : nil }
  }

  func keep(_ membership: Membership, version: Int64) {
    kept.withLock { $0 = (version, membership) }
  }
}

extension WriteTransaction {
  /// Who is of the workspace, as far as is known here.
  package func membership() throws -> Membership {
    if let known = presentMembership { return known }
    let version = try meta("membership").integer ?? 0
    let found = try cache.membership(version) ?? loadMembership()
    if unsavedMembership == nil { cache.keep(found, version: version) }
    presentMembership = found
    return found
  }

  private func loadMembership() throws -> Membership {
    let events = try sql.all(
      """
      SELECT dot, register, hash, author, subject, value, enrolment, succession, overwrites, past
      FROM membership_event
      """
    ).compactMap(MembershipEvent.init(row:))
    var parents: [Int64: (parent: Int64, fork: UInt64)] = [:]
    if events.contains(where: { $0.register == .revocation }) {
      for row in try sql.all("SELECT id, parent, fork FROM chain WHERE parent IS NOT NULL") {
        guard let id = row[0].integer, let parent = row[1].integer else { continue }
        parents[id] = (parent, UInt64(row[2].integer ?? 0))
      }
    }
    return Membership(
      founder: try meta("founder").blob.flatMap(DeviceKey.init),
      genesis: Set(try meta("genesis").blob.map { try DotList.decode($0) } ?? []), events: events
    ) { [parents] earlier, later in
      var (chain, number) = (later.chain, later.number)
      while chain != earlier.chain {
        guard let above = parents[chain] else { return false }
        (chain, number) = (above.parent, min(number, above.fork))
      }
      return earlier.number <= number
    }
  }

  /// What is read of the membership from now on is new. Another process sees it when this is committed.
  func forgetMembership() throws {
    let fresh = identity.random(8).reduce(Int64(0)) { $0 << 8 | Int64($1) } & .max
    unsavedMembership = fresh
    try setMeta("membership", .integer(fresh))
    presentMembership = nil
    presentRole = nil
    forgetAuthorities()
  }

  func noteFounder(_ device: DeviceKey, genesis dot: Dot) throws {
    let known = try meta("genesis").blob.map { try DotList.decode($0) } ?? []
    guard try meta("founder").blob != device.bytes || !known.contains(dot) else { return }
    try setMeta("founder", .blob(device.bytes))
    try setMeta("genesis", .blob(DotList.encode(Set(known + [dot]).sorted())))
    try forgetMembership()
  }
}
