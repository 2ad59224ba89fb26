import FieldbookModel
import FieldbookReplication

/// What an admin accepts of a device that is revoked.
package enum Acceptance: Sendable, Equatable {
  /// Everything that is held here now; of a device that is revoked already, what is accepted of it.
  case present
  /// Everything that is held here now, whatever was revoked before.
  case all
  /// Segments that were written before this moment, by the device's own clock.
  case before(Timestamp)
  /// What one op's segment stands on, itself included; and of the other logs what was accepted so far.
  case through(op: String)
  case nothing
}

/// What a revocation leaves without effect of one branch of a log.
package struct Quarantined: Sendable, Equatable {
  package let device: DeviceKey
  package let deviceName: String
  package let log: LogID
  /// Numbers of the ops.
  package let numbers: ClosedRange<UInt64>
  package let first: Timestamp
  package let last: Timestamp
  /// Hash of the last op.
  package let op: String
  /// Some of what it would change.
  package let things: [String]
  /// An admin has looked at it and left it aside.
  package let isRejected: Bool
}

extension WriteTransaction {
  // MARK: Deciding

  /// With a key go the next ones that it named: whoever has it could have named one.
  package func revokeLine(of device: DeviceKey, accepting acceptance: Acceptance) throws {
    var open = [device]
    var seen: Set<DeviceKey> = []
    while let next = open.popLast() {
      guard seen.insert(next).inserted else { continue }
      let entities = try membership().successors(of: next)
      try revoke(next, accepting: acceptance)
      open += try devices().filter { entities.contains($0.key.entity) }.map(\.key)
    }
  }

  /// Devices that one let in and that are members.
  package func members(enrolledBy device: DeviceKey) throws -> [Device] {
    let entities = try membership().enrolled(by: device)
    return try devices().filter { entities.contains($0.key.entity) && !$0.isRevoked }
  }

  package func revoke(_ device: DeviceKey, accepting acceptance: Acceptance) throws {
    try set(device.entity, [(.revocation, .text(cuts(of: device, acceptance).text))])
    // Nobody would give final numbers any more.
    if try allocator() == device {
      try set(identity.workspace.key, [(.allocator, .bytes(identity.device.bytes))])
    }
  }

  /// Takes every revocation of a device back: all that it ever wrote counts.
  package func reinstate(_ device: DeviceKey) throws {
    try set(device.entity, [(.revocation, nil)])
  }

  package func rejectQuarantined(of device: DeviceKey) throws {
    try set(device.entity, [(.rejected, .text(cuts(of: device, .all).text))])
  }

  private func cuts(of device: DeviceKey, _ acceptance: Acceptance) throws -> Cuts {
    if acceptance == .nothing { return Cuts([]) }
    var through: Dot?
    if case .through(let op) = acceptance {
      guard let found = try findOperation(op), try chain(found.dot.chain).log.device == device
      else {
        throw InvalidInput(
          "no change of that device begins with '\(op)'",
          hint: "see: fieldbook devices quarantine list")
      }
      through = found.dot
    }
    var cuts: [Cuts.Cut] = []
    for row in try sql.all("SELECT id FROM chain WHERE device = ? ORDER BY id", .blob(device.bytes))
    {
      guard let id = row[0].integer else { continue }
      let limit = try acceptedNumber(chain(id), acceptance, through)
      guard
        let segment = try sql.first(
          "SELECT last, hash FROM segment WHERE chain = ? AND last <= ? ORDER BY last DESC LIMIT 1",
          .integer(id), .integer(Int64(limit))), let last = segment[0].integer,
        let hash = segment[1].blob.flatMap(SegmentHash.init(bytes:))
      else { continue }
      cuts.append(.init(epoch: try chain(id).log.epoch, number: UInt64(last), segment: hash))
    }
    return Cuts(cuts)
  }

  /// Greatest number that is accepted of a chain.
  private func acceptedNumber(_ chain: Chain, _ acceptance: Acceptance, _ through: Dot?) throws
    -> UInt64
  {
    // A branch can begin with segments of nothing but ops that it shares: how far those count its parent says.
    if let parent = chain.parent, acceptance != .nothing, acceptance != .all {
      let inherited = try acceptedNumber(self.chain(parent), acceptance, through)
      if inherited < chain.fork { return inherited }
    }
    switch acceptance {
    case .nothing: return 0
    case .all: return chain.tip
    case .present:
      return try membership().accepted(
        chain.fork..<max(chain.tip, chain.fork), on: chain.id, of: chain.log.device)
    case .through:
      let known = try membership().accepted(
        chain.fork..<max(chain.tip, chain.fork), on: chain.id, of: chain.log.device)
      guard let through, try isAncestor(Dot(chain: chain.id, number: chain.fork + 1), of: through)
      else { return known }
      guard through.chain == chain.id else { return chain.tip }
      let end = try sql.first(
        "SELECT min(last) FROM segment WHERE chain = ? AND last >= ?", .integer(chain.id),
        .integer(Int64(through.number)))
      return max(known, UInt64(end?[0].integer ?? 0))
    case .before(let time):
      var limit = chain.fork
      for row in try sql.all(
        "SELECT id, last FROM segment WHERE chain = ? ORDER BY last", .integer(chain.id))
      {
        guard let id = row[0].integer, let last = row[1].integer,
          try opened(id).numbered.allSatisfy({ $0.1.clock.milliseconds < time.milliseconds })
        else { break }
        limit = UInt64(last)
      }
      return limit
    }
  }

  // MARK: Looking

  /// Everything that is here and without effect because its device was revoked.
  package func quarantined() throws -> [Quarantined] {
    let membership = try membership()
    guard membership.hasRevocations else { return [] }
    var found: [Quarantined] = []
    for row in try sql.all("SELECT id FROM chain WHERE tip_segment IS NOT NULL ORDER BY id") {
      guard let id = row[0].integer else { continue }
      let chain = try chain(id)
      let device = chain.log.device
      guard membership.isRevoked(device), chain.tip > chain.fork else { continue }
      let accepted = membership.accepted(chain.fork..<chain.tip, on: id, of: device)
      guard accepted < chain.tip else { continue }
      let ops = try operations(on: id, after: accepted)
      guard let first = ops.first, let last = ops.last else { continue }
      var things: [String] = []
      for (_, op) in ops where things.count < 5 {
        guard !op.kind.isNote else { continue }
        let name = try reference(op.entity)?.name ?? op.quarantinedName ?? op.entity.short
        if !things.contains(name) { things.append(name) }
      }
      let tip = Dot(chain: id, number: chain.tip)
      found.append(
        Quarantined(
          device: device, deviceName: try author(device).name, log: chain.log,
          numbers: accepted + 1...chain.tip,
          first: Timestamp(milliseconds: first.1.clock.milliseconds),
          last: Timestamp(milliseconds: last.1.clock.milliseconds), op: try hexHash(tip),
          things: things,
          isRejected: try rejectedTips(of: device).contains { try isAncestor(tip, of: $0) }))
    }
    return found
  }

  private func rejectedTips(of device: DeviceKey) throws -> [Dot] {
    guard let text = try text(device.entity, .rejected), let cuts = Cuts(text: text) else {
      return []
    }
    return try cuts.cuts.compactMap { cut in
      try sql.first("SELECT chain FROM segment WHERE hash = ?", .blob(cut.segment.bytes))?[0]
        .integer.map { try dot($0, cut.number) }
    }
  }

  private func operations(on chainID: Int64, after number: UInt64) throws -> [(Dot, Operation<Dot>)]
  {
    var found: [(Dot, Operation<Dot>)] = []
    for row in try sql.all(
      "SELECT id FROM segment WHERE chain = ? AND last > ? ORDER BY last", .integer(chainID),
      .integer(Int64(number)))
    {
      guard let id = row[0].integer else { continue }
      found += try opened(id).numbered.filter { $0.0.chain == chainID && $0.0.number > number }
    }
    return found
  }
}

extension Operation {
  /// What it would have been called.
  fileprivate var quarantinedName: String? {
    cells.first { $0.field == .name || $0.field == .deviceName }?.value?.text
  }
}
