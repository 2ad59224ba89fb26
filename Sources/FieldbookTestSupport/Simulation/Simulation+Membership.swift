import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

/// Revocations, roles and purges.
///
/// With an even seed only the founder decides, and the oracle knows what each decision leaves; with an odd one every
/// admin does, thieves included, and all that is asked is that everyone ends equal.
extension Simulation {
  /// What the oracle is told of the founder's decisions.
  struct Decisions {
    /// For each revocation the segments that it accepts.
    var accepted: [String: Set<SegmentHash>] = [:]
    /// Writes whose values were purged.
    var purged: Set<Int> = []
  }

  var onlyFounderDecides: Bool { seed % 2 == 0 }

  func decide(_ step: Int) throws {
    let who = onlyFounderDecides ? 0 : Int.random(in: 0..<replicas.count, using: &generator)
    let workspace = replicas[who].workspace
    guard let target = replicas.indices.filter({ $0 != who }).randomElement(using: &generator)
    else { return }
    let device = replicas[target].workspace.deviceKey
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<35:
      try revoke(device, by: who, step)
      // Somebody else finds the same, and has heard nothing of it.
      guard !onlyFounderDecides, beside.chance(50),
        let other = try replicas.indices.filter({
          try $0 != who && $0 != target
            && replicas[$0].workspace.role(of: replicas[$0].workspace.deviceKey) == .admin
        }).randomElement(using: &beside)
      else { return }
      try revoke(device, by: other, step)
    case 35..<45:
      try seal(who)
      guard let found = try workspace.devices().first(where: { $0.key == device && $0.isRevoked })
      else { return }
      trace("step \(step): \(replicas[who].name) reinstates \(found.name)")
      fault("reinstatement")
      try deciding(who, device, nil) { try workspace.reinstate(found) }
    case 45..<60 where !onlyFounderDecides:
      let role = Role.allCases.randomElement(using: &generator) ?? .writer
      trace("step \(step): \(replicas[who].name) makes \(replicas[target].name) a \(role)")
      fault("role")
      try workspace.setRole(role, of: device)
    default: try purge(by: who, step)
    }
  }

  private func revoke(_ device: DeviceKey, by who: Int, _ step: Int) throws {
    let workspace = replicas[who].workspace
    try seal(who)
    let held = Set(try workspace.store.inspect { try $0.segmentHashes(of: device) })
    let choice = Int.random(in: 0..<100, using: &generator)
    let acceptance: Acceptance =
      if choice < 70 {
        .present
      } else if choice < 85 || onlyFounderDecides {
        .nothing
      } else {
        .before(Timestamp(milliseconds: replicas[who].clock.now - 120_000))
      }
    let name = "rev\(step).\(who)"
    trace("step \(step): \(replicas[who].name) revokes \(device.id), accepting \(acceptance)")
    fault("revocation")
    // Who is revoked already is not let in again by a second one.
    let before = cuts(of: device, replicas[who].known)
    decisions.accepted[name] =
      acceptance == .present ? held.filter { one in before.allSatisfy { $0.contains(one) } } : []
    try deciding(who, device, name) { try workspace.revoke(device, accepting: acceptance) }
  }

  /// Where disks fail a decision can have come about though its call says that it failed: the oracle hears of none there.
  private func deciding(_ who: Int, _ device: DeviceKey, _ name: String?, _ body: () throws -> Void)
    throws
  {
    guard disks.isEmpty else {
      try body()
      return try noteSealed(who)
    }
    try noting(who, device.entity, .revocation, name, sealing: true, body: body)
  }

  func purge(by who: Int, _ step: Int) throws {
    let workspace = replicas[who].workspace
    guard let run = runs.randomElement(using: &generator) else { return }
    let fields: [FieldName] = [.tag(try EntryKey("a")), .tag(try EntryKey("b")), .description]
    let field = fields.randomElement(using: &generator) ?? .description
    let choice = Int.random(in: 0..<100, using: &generator)
    let subject: PurgeSubject =
      choice < 60 || onlyFounderDecides
      ? .field(field) : choice < 85 ? .series("loss") : .everything
    trace("step \(step): \(replicas[who].name) purges \(subject.text) of \(run.hex.prefix(8))")
    disaster.purged.insert(run.key)
    _ = try workspace.purge(run.key, subject, reason: "s\(step)", label: nil)
    try noteSealed(who)
    fault("purge")
    decisions.purged.formUnion(
      replicas[who].known.filter { oracle.writes[$0].field == Oracle.name(run.key, field) })
  }

  /// The writes that count: of a revoked device those that every revocation that stands accepts.
  func effective(_ known: Set<Int>) -> Set<Int> {
    let cuts = replicas.map { self.cuts(of: $0.workspace.deviceKey, known) }
    return known.filter { write in
      guard !decisions.purged.contains(write) else { return false }
      let holders = writesOfSegment.filter { $0.value.contains(write) }.map(\.key)
      return cuts[author[write] ?? 0].allSatisfy { accepted in
        holders.contains(where: accepted.contains)
      }
    }
  }

  /// What each of the revocations that stand accepts.
  private func cuts(of device: DeviceKey, _ known: Set<Int>) -> [Set<SegmentHash>] {
    let standing = oracle.standing(known)[Oracle.name(device.entity, .revocation)] ?? []
    return standing.compactMap { $0.flatMap { decisions.accepted[$0] } }
  }

  /// Metric data, and values that were left out without the right.
  func fill(_ target: Int, from source: Int) throws {
    try TestMachine.fill(replicas[target].workspace, from: replicas[source].workspace)
  }

  func checkPurges(_ replica: Replica) throws {
    let remains = try replica.workspace.store.inspect { try $0.remainsOfPurges() }
    guard remains == 0 else { throw broken("purged is gone", "\(replica.name): \(remains) values") }
    _ = try replica.workspace.store.inspect { try $0.verifyLog() }
  }
}
