import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// What is checked at the end, beside heads, hashes and registers.
extension Simulation {
  /// What a replica that knows everything must hold.
  func check(_ replica: Replica) throws {
    let store = replica.workspace.store
    try store.inspect { transaction in
      do {
        _ = try transaction.verifyLog()
      } catch let failure as any Failure {
        throw broken("the log verifies", "\(replica.name): \(failure.message)")
      }
      if let wrong = try transaction.opsPastCuts().first {
        throw broken("10 nothing past a cut", "\(replica.name): op \(wrong.number) counts")
      }
      let held = Set(try transaction.segmentHashes())
      if let stuck = try transaction.waitingHashes().first(where: held.contains) {
        throw broken("what waited is taken", "\(replica.name): \(stuck.hex.prefix(8))")
      }
      if let lost = try watched.unknown.subtracting(transaction.unknownTexts()).min() {
        throw broken("9 unknown ops survive", "\(replica.name) lacks '\(lost)'")
      }
    }
    try checkPoints(replica)
  }

  /// Identical points are one point, and every list tells as many as there are.
  private func checkPoints(_ replica: Replica) throws {
    // A restore can take the only copy of a payload from the world.
    guard try replica.workspace.missingChunkPayloads(limit: 1).isEmpty else { return }
    let isComplete = !hasMembership
    for (run, points) in watched.points.expected {
      guard let found = try? replica.workspace.run(run) else {
        guard disks.isEmpty || !isComplete else {
          throw broken("2 nothing lost", "\(replica.name) lacks run \(run.hex.prefix(8))")
        }
        continue
      }
      let held = try replica.workspace.metricHistory(run, key: "loss")
      let possible = points.union(watched.points.attempted[run] ?? [])
      guard !isComplete || points.isSubset(of: held) && possible.isSuperset(of: held) else {
        throw broken(
          "metric points: union",
          "\(replica.name) has \(held.count), not \(points.count), of run \(run.hex.prefix(8)): not of steps "
            + points.subtracting(held).map { String($0.step) }.sorted().joined(separator: " "))
      }
      guard held.count == found.metrics["loss"]?.count ?? 0 else {
        throw broken(
          "metric points: one is one",
          "\(replica.name) counts \(found.metrics["loss"]?.count ?? 0) of \(held.count)")
      }
    }
  }

  /// What people are told, which the state hash does not cover.
  func checkAnswers(_ conflicts: [Conflict]) throws {
    let first = try answers(of: replicas[0])
    try checkSpans(first)
    try checkBranch(first)
    for replica in replicas.dropFirst() { try compare(answers(of: replica), with: first) }
    try checkWinners(conflicts)
    try checkNumbers(conflicts)
    if !hasMembership { try checkAliases() }
    if isFollowed { try checkConflicts(conflicts) }
    if disks.isEmpty, !hasMembership { try checkDeletions(conflicts) }
    try checkStates()
  }

  /// The newest of several values is shown, if no clock is in doubt.
  private func checkWinners(_ conflicts: [Conflict]) throws {
    for conflict in conflicts where conflict.kind == .value {
      guard let newest = conflict.sides.map(\.time).max(),
        !conflict.sides.contains(where: \.isSuspect)
      else { continue }
      let candidates = conflict.sides.filter { $0.time == newest }
      guard candidates.contains(where: { $0.value == conflict.shown }) else {
        throw broken("the newest is shown", "\(conflict.shown ?? "") of \(conflict.field.text)")
      }
    }
  }

  /// Invariant 7: no two final numbers alike without a conflict.
  private func checkNumbers(_ conflicts: [Conflict]) throws {
    let told = Set(conflicts.filter { $0.kind == .version }.map(\.entity.key))
    let numbers = try replicas[0].workspace.store.inspect { try $0.finalNumbers() }
    for (_, twins) in Dictionary(grouping: numbers, by: { [$0.model, $0.number] })
    where twins.count > 1 {
      guard twins.allSatisfy({ told.contains($0.version) }) else {
        throw broken("7 no two alike", "\(twins[0].number) is that of \(twins.count) versions")
      }
    }
    try checkLeasedNumbers(numbers)
  }

  /// Invariant 7: a held alias answers what was settled last, else what all sides grew from.
  private func checkAliases() throws {
    let workspace = replicas[0].workspace
    for model in Set(models) {
      guard let state = try? workspace.model(model).aliases["champion"] else { continue }
      let log = try workspace.store.inspect { try $0.aliasLog(of: model, .alias("champion")) }
      guard let expected = log.answers, !expected.contains(state.version?.hex) else { continue }
      throw broken(
        "7 no silent merge moves an alias",
        "\(model.hex.prefix(8)) answers \(state.version?.hex ?? "nothing"), not \(expected)")
    }
  }

  /// Several values that differ are a conflict, and nothing else is.
  private func checkConflicts(_ conflicts: [Conflict]) throws {
    let told = Set(
      conflicts.filter { $0.kind == .value || $0.kind == .alias }
        .map { Oracle.name($0.entity.key, $0.field) })
    let standing = oracle.standing(effective(replicas[0].known))
    if disks.isEmpty, !hasMembership, forger == nil {
      // These are written and not told to the oracle.
      let others = [" params.lr", " number"]
      let odd = told.filter { name in
        standing[name] == nil && !others.contains(where: name.hasSuffix)
      }
      guard odd.isEmpty else {
        throw broken("conflicts are those that there are", "nobody disagreed on \(odd.sorted()[0])")
      }
    }
    for (name, values) in standing {
      if [FieldName.status.text, FieldName.revocation.text].contains(where: name.hasSuffix) {
        continue
      }
      guard told.contains(name) == (Set(values).count > 1) || name.contains(" labels.") else {
        throw broken("conflicts are those that there are", "\(name): \(values)")
      }
    }
  }

  /// An edit that a deletion had not seen keeps the thing visible, and is a conflict.
  private func checkDeletions(_ conflicts: [Conflict]) throws {
    let told = Set(conflicts.filter { $0.kind == .deleteEdit }.map(\.entity.key))
    let standing = oracle.standingWrites(replicas[0].known)
    for run in runs {
      // A liar can have made something else of it.
      let kind = try replicas[0].workspace.store.inspect { try $0.kind(of: run.key) }
      guard forger == nil || kind == .run else { continue }
      let lifecycle = Oracle.name(run.key, .lifecycle)
      let edits = oracle.writes.indices.filter {
        let field = oracle.writes[$0].field
        return field != lifecycle && field.hasPrefix(run.key.hex + " ")
      }
      for deletion in standing[lifecycle] ?? []
      where oracle.writes[deletion].value == Lifecycle.deleted.rawValue {
        let unseen = edits.first {
          !oracle.writes[deletion].seen.contains($0) && !oracle.writes[$0].seen.contains(deletion)
        }
        guard let unseen else { continue }
        let shown = try? replicas[0].workspace.run(run).lifecycle
        guard told.contains(run.key), shown == .active else {
          throw broken("unseen edits stay visible", "write \(unseen), deletion \(deletion)")
        }
      }
    }
  }

  /// The state that a run's own device gave it is shown, a final one above others.
  private func checkStates() throws {
    let standing = oracle.standingWrites(replicas[0].known)
    for (run, owner) in watched.owners {
      let own = (standing[Oracle.name(run.key, .status)] ?? [])
        .filter { replicas[author[$0] ?? 0].workspace.deviceKey == owner }
        .compactMap { oracle.writes[$0].value.flatMap(RunState.init(coded:)) }
      let final = own.filter(\.status.isFinal)
      let expected = final.isEmpty ? own : final
      guard let shown = try? replicas[0].workspace.run(run).state else { continue }
      guard expected.isEmpty || expected.contains(shown) else {
        throw broken("the run's own device decides", "\(run.hex.prefix(8)) is \(shown.coded)")
      }
    }
  }
}
