import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// What the profile `duties` adds, and what others do who have no right to.
extension Simulation {
  func live(_ who: Int, _ step: Int) throws {
    let workspace = replicas[who].workspace
    func known(_ all: [EntityKey], _ kind: EntityKind) throws -> EntityKey? {
      let here = try all.filter { key in
        try workspace.store.inspect { try $0.kind(of: key) } == kind
      }
      return here.randomElement(using: &generator)
    }
    // Where many are at work.
    let few = runs.prefix(2).map(\.key)
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<20:
      if lacks(who, .alias) || lacks(who, .lease) { return }
      trace("step \(step): \(replicas[who].name) does a hub's duties")
      try watchingNumbers(who) { try workspace.performHubDuties() }
    case 20..<40:
      guard !lacks(who, .state), let key = try known(few, .run) else { return }
      trace("step \(step): \(replicas[who].name) says what became of \(key.short)")
      let status: RunStatus = generator.chance(60) ? .finished : .running
      let state = RunState(status: status, endTime: Timestamp(milliseconds: Int64(step)))
      try noting(who, key, .status, state.coded) {
        try workspace.setState(RunID(key), state, durability: .script)
      }
    case 40..<55:
      guard let key = try known(few, .run) else { return }
      trace("step \(step): \(replicas[who].name) writes what others write")
      let tag = try EntryKey("same")
      try noting(who, key, .tag(tag), "yes") {
        try workspace.setTag(key, tag, "yes", durability: .script)
      }
    case 55..<75:
      guard !lacks(who, .label), let key = try known(few, .run) else { return }
      let isThere = try workspace.run(RunID(key)).labels.contains("hot")
      trace("step \(step): \(replicas[who].name) takes a label \(isThere ? "away" : "up")")
      try noting(who, key, .label("hot"), isThere ? nil : "") {
        if isThere {
          try workspace.removeLabels(RunID(key), ["hot"])
        } else {
          try workspace.addLabels(RunID(key), ["hot"])
        }
      }
    default:
      guard !lacks(who, .alias), let key = try known(models.map(\.key), .model),
        let version = try workspace.model(ModelID(key)).versions.randomElement(using: &generator)
      else { return }
      trace("step \(step): \(replicas[who].name) points champion at \(version.id.hex.prefix(8))")
      try noting(who, key, .alias("champion"), version.id.hex) {
        try workspace.setAlias(ModelID(key), "champion", version.id, durability: .person)
      }
    }
  }

  /// One field that everybody writes: so what a revocation takes away had overwritten something, and was overwritten.
  func rewrite(_ step: Int) throws {
    guard let who = replicas.indices.randomElement(using: &beside), let run = runs.first,
      try replicas[who].workspace.store.inspect({ try $0.kind(of: run.key) }) == .run
    else { return }
    trace("step \(step): \(replicas[who].name) writes what everybody writes")
    let tag = try EntryKey("b")
    do {
      try noting(who, run.key, .tag(tag), "w\(step)") {
        try replicas[who].workspace.setTag(run.key, tag, "w\(step)", durability: .script)
      }
    } catch let refusal as any Failure {
      try refuse(refusal, step)
    }
  }

  /// A purge by a device that is no admin, as a changed program writes it: nobody obeys.
  func purgeWithoutRight(_ step: Int) throws {
    guard let who = replicas.indices.randomElement(using: &beside), !runs.isEmpty,
      try replicas[who].workspace.role(of: replicas[who].workspace.deviceKey) != .admin,
      let run = runs.randomElement(using: &beside)
    else { return }
    trace("step \(step): \(replicas[who].name) purges without the right")
    try seal(who)
    let field = FieldName.tag(try EntryKey(beside.chance(50) ? "a" : "b"))
    try replicas[who].workspace.store.write(.script) { transaction in
      let plan = try transaction.purgePlan(run.key, .field(field))
      guard !plan.isEmpty else { return }
      disaster.purged.insert(run.key)
      fault("purge without the right")
      try transaction.appendUnchecked(
        kind: .purge, entity: run.key,
        cells: Purge.cells(plan.targets, contents: [], reason: "none", subject: nil))
    }
  }
}
