import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// What people and scripts do.
extension Simulation {
  func write(_ who: Int, _ step: Int) throws {
    let workspace = replicas[who].workspace
    func pick<Item>(_ items: [Item]) -> Item? { items.randomElement(using: &generator) }
    let value = "v\(step)"
    let known = try runs.filter {
      try workspace.store.inspect { [run = $0] in try $0.kind(of: run.key) } == .run
    }
    trace("step \(step): \(replicas[who].name) writes \(value)")
    let choice = Int.random(in: 0..<14, using: &generator)
    action = Simulation.writes[choice]
    if lacks(who, Novelty(rawValue: action)) { return }
    switch choice {
    case 0, 1:
      let experiment = try workspace.ensureExperiment(
        named: pick(["churn", "spam", "Default"]) ?? "churn", durability: .script)
      let run = try workspace.createRun(RunDraft(experiment: experiment), durability: .script)
      runs.append(run)
      watched.owners[run] = workspace.deviceKey
    case 2, 3:
      guard let run = pick(known) else { return }
      let key = try EntryKey(pick(["a", "b"]) ?? "a")
      try noting(who, run.key, .tag(key), value) {
        try workspace.setTag(run.key, key, value, durability: .script)
      }
    case 4:
      guard let run = pick(known) else { return }
      try noting(who, run.key, .description, value, .person) {
        try workspace.setDescription(run.key, value, durability: .person)
      }
    case 5:
      guard let run = pick(known) else { return }
      let lifecycle: Lifecycle = generator.chance(60) ? .deleted : .active
      try notingIfToldApart(who, run.key, .lifecycle, lifecycle.rawValue) {
        switch lifecycle {
        case .deleted: try workspace.delete(run.key, durability: .person)
        case .active: try workspace.restore(run.key, durability: .person)
        }
      }
    case 6:
      guard let run = pick(known) else { return }
      let label = pick(["good", "bad"]) ?? "good"
      let isAdded = generator.chance(60)
      try notingIfToldApart(who, run.key, .label(label), isAdded ? "" : nil) {
        if isAdded {
          try workspace.addLabels(run, [label])
        } else {
          try workspace.removeLabels(run, [label])
        }
      }
    case 7:
      guard let run = pick(known) else { return }
      try workspace.addComment(run, value)
    case 8, 9:
      guard let run = pick(known) else { return }
      let base = Int64.random(in: 0..<40, using: &generator)
      let points = (base..<base + 5).map {
        MetricPoint(step: $0, timestamp: 1000 + $0, value: Double($0) / 3)
      }
      if !disks.isEmpty { watched.points.attempt(points, of: run) }
      try workspace.logBatch(
        run, parameters: [], metrics: [MetricSeries(key: "loss", points: points)], tags: [],
        durability: .script)
      watched.points.add(points, of: run, by: who)
      trace("  points \(base) to \(base + 4) of run \(run.hex.prefix(8))")
    case 10:
      guard let run = pick(known) else { return }
      let key = try EntryKey("lr")
      try workspace.logBatch(
        run, parameters: [(key, value)], metrics: [], tags: [], durability: .script)
    case 11:
      let name = pick(["m", "n"]) ?? "m"
      let model =
        try workspace.store.inspect { try $0.entity(named: name, kind: .model) }.map { ModelID($0) }
        ?? workspace.createModel(named: name, description: nil, tags: [:], durability: .person)
      models.append(model)
      try watchingNumbers(who) {
        _ = try workspace.createVersion(
          of: model, source: value, run: nil, description: nil, tags: [:], durability: .person)
      }
      try leaseNumbers(who, of: model)
    case 12:
      guard let model = pick(models),
        let version = pick(try workspace.model(model).versions)
      else { return }
      let set = {
        try workspace.setAlias(model, "champion", version.id, durability: .person)
      }
      // What a power cut takes is told by its value, which this shares with others.
      if !disks.isEmpty { return try set() }
      try noting(who, model.key, .alias("champion"), version.id.hex, body: set)
    default:
      guard let conflict = pick(try workspace.conflicts()) else { return }
      guard
        conflict.kind != .value && conflict.kind != .alias
          || conflict.field.text.hasPrefix("params"), !lacks(who, Novelty(conflict.field))
      else { return }
      let side = pick(conflict.sides.map(\.letter)) ?? "a"
      let resolve = { _ = try workspace.resolve(conflict, .take(side)) }
      guard conflict.kind == .deleteEdit else { return try resolve() }
      let isDeletion =
        conflict.sides.first { $0.letter == side }?.value == Lifecycle.deleted.rawValue
      try notingIfToldApart(
        who, conflict.entity.key, .lifecycle,
        (isDeletion ? Lifecycle.deleted : .active).rawValue, body: resolve)
    }
  }

  /// What each choice of `write` is about.
  private static let writes = [
    "run", "run", "tag", "tag", "description", "deletion", "label", "comment", "metrics", "metrics",
    "param", "version", "alias", "resolution",
  ]

  /// An op of a later version: kept, forwarded and hashed, without effect here.
  func writeUnknown(_ who: Int, _ step: Int) throws {
    guard let run = runs.randomElement(using: &generator) else { return }
    trace("step \(step): \(replicas[who].name) writes what only a later version understands")
    fault("unknown op")
    let isKindKnown = generator.chance(50)
    try replicas[who].workspace.store.write(.script) { transaction in
      try transaction.append(
        kind: isKindKnown ? .set : OperationKind(rawValue: 900), entity: run.key,
        cells: [Cell(field: FieldName("future"), overwrites: [], value: .text("later \(step)"))])
    }
    watched.unknown.insert("later \(step)")
    // It did not go through the workspace's door, where copies are noticed.
    watched.left[who] = nil
  }

  /// As `noting`, for values that say nothing of their write: not where writes are told apart by them, or count for
  /// nothing.
  func notingIfToldApart(
    _ who: Int, _ entity: EntityKey, _ field: FieldName, _ value: String?, body: () throws -> Void
  ) throws {
    guard disks.isEmpty, !hasMembership else { return try body() }
    try noting(who, entity, field, value, body: body)
  }

  /// A program that finds ops which only it knows gives them their effect before it writes.
  func catchUp(_ who: Int) throws {
    if profile == .versions { try replicas[who].workspace.store.write(.script) { _ in } }
  }

  /// Tells the oracle of a write, with everything that the writer had seen before it.
  ///
  /// - Parameter sealing: what is written is sealed at once, and nothing else with it.
  func noting(
    _ who: Int, _ entity: EntityKey, _ field: FieldName, _ value: String?,
    _ durability: Durability = .script, sealing: Bool = false, body: () throws -> Void
  ) throws {
    let workspace = replicas[who].workspace
    try catchUp(who)
    func standing() throws -> Set<Dot> {
      try workspace.store.inspect { try $0.standingDots(entity, field) }
    }
    let before = try standing()
    try noteSealed(who)
    // What has no effect was not seen: if it counts again one day, it stands beside what was written meanwhile.
    let seen = profile == .membership ? effective(replicas[who].known) : replicas[who].known
    if disks[who] != nil {
      disaster.doubt = Disaster.Doubt(
        who: who, entity: entity, field: field, value: value, seen: seen)
    }
    try body()
    if durability == .person { try requireDurable(who, "2 durable when acknowledged") }
    if !sealing { try noteSealed(who) }
    let after = try standing()
    guard after != before else {  // The value stood already: nothing was written.
      disaster.doubt = nil
      return
    }
    let ops = try names(of: after.subtracting(before), who)
    if let same = ops.compactMap({ opsOfCopies[$0] }).first {
      trace("  as write \(same), which a copy wrote, too")
      replicas[who].known.insert(same)
      unsealed[who, default: []].insert(same)
    } else {
      let number = try note(who, entity, field, value, seen: seen)
      for op in ops { opsOfCopies[op] = number }
    }
    // Till here a disk can fail while it is read what was written.
    disaster.doubt = nil
    if sealing { try noteSealed(who) }
  }

  /// Hashes of ops. None while no folder was copied: only copies can write one and the same op, if their clocks stand still.
  private func names(of dots: Set<Dot>, _ who: Int) throws -> [String] {
    guard faults["copy"] != nil else { return [] }
    return try replicas[who].workspace.store.inspect { try dots.map($0.hexHash) }
  }

  @discardableResult
  func note(
    _ who: Int, _ entity: EntityKey, _ field: FieldName, _ value: String?, seen: Set<Int>
  ) throws -> Int {
    let end =
      profile == .recovery ? try replicas[who].workspace.store.inspect { try $0.ownEnd() } : nil
    let number = oracle.note(entity, field, value, seen: seen)
    trace("  as write \(number): \(field.text) = \(value ?? "nothing")")
    author[number] = who
    disaster.places[number] = (entity, field)
    if let end { disaster.opOf[number] = end }
    replicas[who].known.insert(number)
    unsealed[who, default: []].insert(number)
    return number
  }
}
