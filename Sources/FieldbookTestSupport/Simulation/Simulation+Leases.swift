import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookWorkspace

/// Numbers of versions that are given far from the allocator.
extension Simulation {
  /// Asks for some of a model's numbers; or takes one that nobody leased, as a changed program could.
  func leaseNumbers(_ who: Int, of model: ModelID) throws {
    guard !lacks(who, .lease) else { return }
    let workspace = replicas[who].workspace
    if leasing.chance(40) {
      guard try workspace.store.inspect({ try $0.allocator() }) != workspace.deviceKey else {
        return
      }
      let count = Int.random(in: 1...3, using: &leasing)
      trace("  and asks for \(count) of its numbers")
      try workspace.requestLease(of: model, atLeast: count)
    } else if leasing.chance(15) {
      let number = Int64.random(in: 1...9, using: &leasing)
      trace("  and claims its number \(number)")
      fault("number that nobody leased")
      try workspace.store.write(.script) { transaction in
        try transaction.append(
          kind: .createVersion, entity: EntityKey.fresh(workspace.environment.random),
          cells: [
            Cell(field: .model, overwrites: [], value: .reference(model.key)),
            Cell(field: .source, overwrites: [], value: .text("claimed")),
            Cell(field: .leasedNumber, overwrites: [], value: .integer(number)),
          ])
      }
    }
  }

  func leases(_ who: Int) throws -> [NumberLease] {
    try replicas[who].workspace.store.inspect { transaction in
      try transaction.devices().flatMap { try transaction.leases(to: $0.key) }
    }
  }

  /// Nothing is leased that was leased before, or that a version has; and nothing that is leased is given.
  func checkNewLeases(_ who: Int, since before: [NumberLease], given: [FinalNumber]) throws {
    let store = replicas[who].workspace.store
    let after = try leases(who)
    for (index, lease) in after.enumerated() where !before.contains(lease) {
      let others = after.enumerated().filter {
        $0.offset != index && $0.element.model == lease.model
      }
      if let other = others.first(where: { $0.element.numbers.overlaps(lease.numbers) })?.element {
        throw broken("7 a number is leased once", "\(other.numbers) and \(lease.numbers)")
      }
      let model = try store.inspect { try $0.rowOfModel(lease.model) }
      if let one = given.first(where: { $0.model == model && lease.numbers.contains($0.number) }) {
        throw broken("7 a number is given once", "\(one.number) is given, and leased")
      }
    }
    let known = Set(given.map(\.version))
    for one in try store.inspect({ try $0.finalNumbers() }) where !known.contains(one.version) {
      for lease in before where try store.inspect({ try $0.rowOfModel(lease.model) }) == one.model {
        guard lease.numbers.contains(one.number) else { continue }
        let leased = try store.inspect { try $0.leasedToAuthor(of: one.version) }
        guard leased.contains(where: { $0.contains(one.number) }) else {
          throw broken("7 a number is given once", "\(one.number) is leased to another device")
        }
      }
    }
  }

  /// A number that the allocator did not give is one that the version's device was leased.
  func checkLeasedNumbers(_ numbers: [FinalNumber]) throws {
    let store = replicas[0].workspace.store
    for one in numbers {
      let given = try store.inspect { try $0.history(one.version, field: .number) }
      guard given.isEmpty else { continue }
      let leased = try store.inspect { try $0.leasedToAuthor(of: one.version) }
      guard leased.contains(where: { $0.contains(one.number) }) else {
        throw broken("7 only the allocator gives numbers", "\(one.number) was leased to nobody")
      }
    }
  }
}
