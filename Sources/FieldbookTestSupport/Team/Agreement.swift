import FieldbookWorkspace

/// What must hold of replicas that have met; empty where it does, so that a test expects `[]` and is shown the rest.
extension TestMachine {
  /// States that are not one, and tables that are not what their log adds up to.
  package static func discord(_ team: [Workspace]) throws -> [String] {
    var found: [String] = []
    let hashes = try team.map { try $0.stateHash() }
    if Set(hashes).count > 1 {
      found += zip(team, hashes).map { "\($0.descriptorName) has the state \($1.prefix(8))" }
      let records = try team.map { one in Set(try one.store.inspect { try $0.stateRecords() }) }
      let common = records.dropFirst().reduce(records[0]) { $0.intersection($1) }
      found += zip(team, records).flatMap { one, records in
        records.subtracting(common).sorted().prefix(5).map { "\(one.descriptorName) alone: \($0)" }
      }
    }
    for one in team {
      let name = one.descriptorName
      let (before, after) = try one.rebuild()
      if before != after { found.append("\(name) was \(before), and is \(after) when rebuilt") }
      if let wrong = try one.store.inspect({ try $0.checkInvariants() }) {
        found.append("\(name): \(wrong)")
      }
    }
    return found
  }

  /// Values that were purged and are there, and what is missing although it was not purged.
  package static func gaps(_ team: [Workspace]) throws -> [String] {
    var found: [String] = []
    for one in team {
      let name = one.descriptorName
      _ = try one.store.inspect { try $0.verifyLog() }
      let remains = try one.store.inspect { try $0.remainsOfPurges() }
      if remains != 0 { found.append("\(name) holds \(remains) purged values") }
      let missing = try one.missingChunkPayloads(limit: 10)
      if !missing.isEmpty { found.append("\(name) lacks \(missing.count) payloads or values") }
    }
    return found
  }
}
