import FieldbookModel
import FieldbookReplication

package struct LeaseState: Sendable {
  package let lease: NumberLease
  /// How many of its numbers no version has that is known here.
  package let left: Int
  /// It was asked for in the log that this replica writes now.
  package let isOfThisLog: Bool
}

/// Final version numbers that a device may give while it is away: it asks, the allocator leases it a block, and the versions
/// that it makes then take their numbers from there. Nobody else ever gives one of a block.
extension WriteTransaction {
  // MARK: The device

  /// Asks for numbers of a model's versions: for `count` in `LeaseRequest.counts`.
  package func requestLease(of model: ModelID, count: Int64) throws {
    let request = LeaseRequest(id: identity.randomKey(), model: model.key, count: count)
    try set(identity.device.entity, [(.leaseRequests, .bytes(request.coded))])
  }

  /// The lowest number that this device may give and has not; nil if nothing is leased to it.
  ///
  /// Only from blocks that were asked for in the log that is written now: who was restored from a backup, or works in a
  /// copied folder, began another one, and cannot know what was given since.
  package func ownLeasedNumber(of model: EntityKey) throws -> Int64? {
    for state in try leaseStates(of: model, to: identity.device)
    where state.isOfThisLog && state.left > 0 {
      let given = try givenNumbers(of: model, in: state.lease.numbers)
      return state.lease.numbers.first { !given.contains($0) }
    }
    return nil
  }

  /// How many numbers this device may still give, with those that it asked for and that no answer has come for.
  package func numbersAtHand(of model: EntityKey) throws -> Int64 {
    let states = try leaseStates(of: model, to: identity.device).filter(\.isOfThisLog)
    let answered = Set(states.map(\.lease.request))
    let open = try requests(of: identity.device)
      .filter { try isOfThisLog($0.dot) && $0.request.model == model }
      .filter { !answered.contains($0.request.id) }
    return open.reduce(Int64(states.reduce(0) { $0 + $1.left })) { $0 + $1.request.count }
  }

  // MARK: The allocator

  /// Answers what devices asked for. Those that may not write, or are revoked, get none; nobody gets one from a program that could
  /// not read back what it granted.
  func grantLeases() throws {
    for row in try sql.all(
      """
      SELECT DISTINCT d.key FROM device d JOIN member m ON m.entity = d.id AND m.field = ?
      ORDER BY d.key
      """, .integer(fieldID(.leaseRequests)))
    {
      guard let device = row[0].blob.flatMap(DeviceKey.init),
        let role = try role(of: device), role != .reader
      else { continue }
      let answered = Set(try leases(to: device).map(\.request))
      for (request, _) in try requests(of: device) where !answered.contains(request.id) {
        guard let model = try existingEntity(request.model), model.kind == .model else { continue }
        let first = try nextNumber(ofModel: model)
        guard ModelVersion.finalNumbers.contains(first + request.count) else { continue }
        let lease = NumberLease(
          request: request.id, model: request.model, numbers: first...(first + request.count - 1))
        let cell = Cell<Dot>(field: .leases, overwrites: [], value: .bytes(lease.coded))
        let grant = Operation(
          kind: .set, entity: device.entity, clock: HybridTime(raw: 0), cells: [cell])
        guard understands(grant) else { return }
        try set(device.entity, [(.leases, .bytes(lease.coded))])
      }
    }
  }

  /// Above every number that the model has, and above all that are leased.
  func nextNumber(ofModel model: EntityRow) throws -> Int64 {
    let greatest = try sql.first(
      "SELECT coalesce(max(number), 0) FROM version WHERE model = ?", .integer(model.id))
    let leased =
      Mutant.isOn(.leasesOverlap) ? 0 : try leases(of: model.key).map(\.numbers.upperBound).max()
    return max(greatest?[0].integer ?? 0, leased ?? 0) + 1
  }

  // MARK: What is leased

  /// Ascending by number.
  package func leaseStates(of model: EntityKey, to device: DeviceKey) throws -> [LeaseState] {
    let asked = try requests(of: device)
    return try leases(to: device, of: model).map { lease in
      let given = try givenNumbers(of: model, in: lease.numbers)
      return LeaseState(
        lease: lease, left: lease.numbers.count - given.count,
        isOfThisLog: try asked.contains {
          try $0.request.id == lease.request && isOfThisLog($0.dot)
        })
    }
  }

  private func isOfThisLog(_ dot: Dot) throws -> Bool {
    try dot.chain == meta("own_chain").integer
  }

  private func givenNumbers(of model: EntityKey, in numbers: ClosedRange<Int64>) throws
    -> Set<Int64>
  {
    guard let entity = try existingEntity(model) else { return [] }
    return Set(
      try sql.all(
        "SELECT number FROM version WHERE model = ? AND number BETWEEN ? AND ?",
        .integer(entity.id), .integer(numbers.lowerBound), .integer(numbers.upperBound)
      ).compactMap { $0[0].integer })
  }

  /// The number that a version's device gave it; nil unless it had been leased to the device.
  func claimedNumber(of version: EntityRow) throws -> Int64? {
    guard let claim = try shownValue(version.id, .leasedNumber).integer,
      let made = version.createdDot,
      let model = try shownValue(version.id, .model).field.key
    else { return nil }
    if Mutant.isOn(.claimsUnchecked) { return claim }
    let blocks = try leases(to: chain(made.chain).log.device, of: model)
    return blocks.contains { $0.numbers.contains(claim) } ? claim : nil
  }

  /// Ascending by number.
  package func leases(to device: DeviceKey, of model: EntityKey? = nil) throws -> [NumberLease] {
    guard let entity = try existingEntity(device.entity) else { return [] }
    return try sql.all(
      "SELECT value FROM member WHERE entity = ? AND field = ?", .integer(entity.id),
      .integer(fieldID(.leases))
    ).compactMap { $0[0].blob.flatMap { NumberLease(coded: $0) } }
      .filter { model == nil || $0.model == model }
      .sorted { $0.numbers.lowerBound < $1.numbers.lowerBound }
  }

  /// Of all devices, revoked ones too: a number that was leased is never somebody else's.
  package func leases(of model: EntityKey) throws -> [NumberLease] {
    try sql.all(
      "SELECT m.value FROM device d JOIN member m ON m.entity = d.id AND m.field = ?",
      .integer(fieldID(.leases))
    ).compactMap { $0[0].blob.flatMap { NumberLease(coded: $0) } }
      .filter { $0.model == model }
  }

  /// What a device itself asked for; in the order of the ops' places here.
  private func requests(of device: DeviceKey) throws -> [(request: LeaseRequest, dot: Dot)] {
    guard let entity = try existingEntity(device.entity) else { return [] }
    return try sql.all(
      "SELECT value, dot FROM member WHERE entity = ? AND field = ? ORDER BY dot",
      .integer(entity.id), .integer(fieldID(.leaseRequests))
    ).compactMap { row in
      guard let request = row[0].blob.flatMap({ LeaseRequest(coded: $0) }),
        let dot = row[1].integer.map(Dot.init(raw:)),
        try chain(dot.chain).log.device == device
      else { return nil }
      return (request, dot)
    }
  }
}
