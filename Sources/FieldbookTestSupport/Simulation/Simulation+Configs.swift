import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookWorkspace

/// Shared configs: made twice, edited apart and in the same lines, merged by whoever sees it, renamed, deleted.
///
/// A text here has one line for each of a few keys, with lines between that nobody touches: so what a merge must be is told line by
/// line, without any of the code under test.
extension Simulation {
  private static let keys = ["depth", "lr", "seed", "width"]

  private static func text(_ values: [String: String]) -> String {
    keys.map { "\($0): \(values[$0] ?? "0")\n\n# \($0)\n\n" }.joined()
  }

  /// Of a text in either form.
  private static func values(_ text: String) -> [String: String] {
    text.split(separator: "\n").reduce(into: [:]) { out, line in
      let parts = line.split(separator: ":", maxSplits: 1).map { part in
        String(part.filter { !"\" ,".contains($0) })
      }
      if parts.count == 2, keys.contains(parts[0]) { out[parts[0]] = parts[1] }
    }
  }

  /// Draws from a generator of its own, as traces do.
  func writeConfig(_ who: Int, _ step: Int) throws {
    guard !lacks(who, .config) else { return }
    let workspace = replicas[who].workspace
    let name = ["train.yaml", "sweep/b.json", "eval.yml"][
      Int.random(in: 0..<2, using: &configuring)]
    let known = try workspace.store.inspect { try $0.entity(named: name, kind: .config) }
      .map { try workspace.config(ConfigID($0)) }
    action = "config"
    let choice = Int.random(in: 0..<10, using: &configuring)
    trace("step \(step): \(replicas[who].name) config \(name), choice \(choice)")
    let value = "v\(step)"
    let key = Simulation.keys.randomElement(using: &configuring) ?? "lr"
    switch choice {
    case 0...5:
      guard let known else {
        // Rarely, since nothing merges of what was made twice.
        if configuring.chance(oracle.writes.isEmpty || who == 0 ? 60 : 10) {
          try makeConfig(who, name, step)
        }
        return
      }
      guard let text = known.text else { return }
      // Who sees a conflict can decide it by an edit; most let it be merged.
      guard known.conflicts.isEmpty || configuring.chance(20) else { return try mergeConfigs(who) }
      var values = Simulation.values(text)
      values[key] = value
      let new = Simulation.written(values, as: known.name)
      try notingConfig(who, known.id.key, new) {
        try workspace.editConfig(known.id, new)
      }
    case 6:
      guard let known, !lacks(who, .deletion) else { return }
      let lifecycle: Lifecycle = configuring.chance(60) ? .deleted : .active
      try notingIfToldApart(who, known.id.key, .lifecycle, lifecycle.rawValue) {
        switch lifecycle {
        case .deleted: try workspace.delete(known.id.key, durability: .person)
        case .active: try workspace.restore(known.id.key, durability: .person)
        }
      }
    default: try mergeConfigs(who)
    }
  }

  private static func written(_ values: [String: String], as name: String) -> String {
    guard ConfigName.isJSON(name) else { return text(values) }
    let lines = keys.map { "  \"\($0)\": \"\(values[$0] ?? "0")\"" }
    return "{\n" + lines.joined(separator: ",\n\n\n") + "\n}\n"
  }

  private func makeConfig(_ who: Int, _ name: String, _ step: Int) throws {
    let workspace = replicas[who].workspace
    // Two that make it unseen by each other disagree on all of it.
    let text = Simulation.written(["lr": "v\(step)"], as: name)
    let (key, _) = try workspace.store.inspect { try $0.keyForName(name, kind: .config) }
    try notingConfig(who, key, text) { _ = try workspace.addConfig(name, text) }
  }

  /// A merge is a write like others, by whoever sees it first.
  func mergeConfigs(_ who: Int) throws {
    try catchUp(who)
    let workspace = replicas[who].workspace
    for id in try workspace.store.inspect({ try $0.contestedConfigs() }) {
      let sides = try workspace.store.inspect { try $0.standingTexts(of: id).compactMap(\.text) }
      guard let merged = try workspace.store.inspect({ try Workspace.merge(of: id, $0) }) else {
        continue
      }
      let (changes, standing) = try workspace.store.inspect { transaction in
        let standing = Set(try transaction.standingTexts(of: id).map(\.op))
        return (ConfigHistory.ordered(try transaction.configChanges(of: id)), standing)
      }
      let lines = ConfigLines(changes, keys: Simulation.keys) { Simulation.values($0) }
      trace("  merges \(id.hex.prefix(8))")
      do { try checkMerge(merged, of: sides, lines.standing(standing)) } catch {
        for change in changes { trace("    " + Simulation.told(change)) }
        trace("    of \(standing.map { $0.prefix(8) }.sorted()) made \(Simulation.values(merged))")
        throw error
      }
      fault("config merged")
      try notingConfig(who, id.key, merged) {
        guard try workspace.mergeConfig(id) else {
          throw broken("a merge that was found is written", id.hex)
        }
      }
    }
  }

  private static func told(_ change: ConfigChange) -> String {
    let replaced = (change.text?.replaces ?? []).map { String($0.prefix(8)) }.sorted()
    return "\(change.op.prefix(8)) after \(replaced): \(values(change.text?.value ?? ""))"
  }

  /// Nothing is in a merge that no side said, and whatever was changed last is.
  private func checkMerge(
    _ merged: String, of sides: [String], _ standing: [String: ConfigLines.Standing]
  ) throws {
    let all = sides.map(Simulation.values)
    for key in Simulation.keys {
      guard let told = standing[key], !told.allows(Simulation.values(merged)[key]) else { continue }
      throw broken("a merge holds what each side changed", "\(key): \(told.values.sorted())")
    }
    for (key, value) in Simulation.values(merged) {
      guard all.contains(where: { $0[key] == value }) else {
        throw broken("a merge says what a side said", "\(key): \(value)")
      }
    }
    // A line that all sides have alike is in the merge as it is.
    for key in Simulation.keys {
      let told = Set(all.map { $0[key] })
      guard told.count > 1 || told.first == Simulation.values(merged)[key] else {
        throw broken("a merge keeps what all sides say", key)
      }
    }
  }

  private func notingConfig(
    _ who: Int, _ key: EntityKey, _ value: String, body: () throws -> Void
  ) throws {
    // A merge says what another one says: what a power cut takes is told by the value.
    guard disks.isEmpty else { return try body() }
    try noting(who, key, .configText, value, body: body)
  }

  /// The branch ends with what the tables show.
  func checkBranch(_ answers: Answers) throws {
    let shown = answers.configs.filter { $0.lifecycle == .active && $0.text != nil }
    let expected = Dictionary(shown.map { ($0.name, $0.text ?? "") }) { first, _ in first }
    let files = answers.files
    guard files == expected else {
      let names = Set(files.keys).symmetricDifference(expected.keys).sorted()
      throw broken(
        "configs: the branch is what the log adds up to",
        "\(answers.name): \(names), \(expected.filter { files[$0.key] != $0.value }.keys.sorted())")
    }
  }
}
