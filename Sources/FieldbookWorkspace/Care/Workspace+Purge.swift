import FieldbookModel
import FieldbookReplication
import FieldbookRepository

/// What a purge would take away, or took.
package struct PurgeOutcome: Sendable, Equatable {
  /// Values of the log.
  package var values: Int
  /// Contents of artifacts that go.
  package var contents: Int
  /// Contents that stay, since other things name them.
  package var sharedContents: Int
  /// Other things that name contents that go: their files go as well.
  package var alsoNamedBy = 0
  /// Hash of the op; nil for a purge that was only looked at.
  package var op: String?
}

extension Workspace {
  package func purgeOutcome(_ entity: EntityKey, _ subject: PurgeSubject) throws -> PurgeOutcome {
    try seal()
    return try store.inspect { transaction in
      let found = try self.plan(entity, subject, transaction)
      return PurgeOutcome(
        values: found.plan.values, contents: found.contents.count, sharedContents: found.kept,
        alsoNamedBy: found.others, op: nil)
    }
  }

  /// Takes values out of this replica's log, and out of every other one that the op comes to. There is no way back.
  ///
  /// - Parameter label: what people are told that it was; nil keeps the name to itself.
  package func purge(
    _ entity: EntityKey, _ subject: PurgeSubject, reason: String, label: String?
  ) throws -> PurgeOutcome {
    guard try role(of: deviceKey) == .admin else { throw WorkspaceFailure.notAdmin }
    guard !reason.isEmpty else { throw PurgeFailure.noReason }
    try Check.longText(reason, what: "reason")
    var outcome = PurgeOutcome(values: 0, contents: 0, sharedContents: 0, op: nil)
    let dot = try write(.person) { transaction in
      // What another process recorded a moment ago is found as well.
      try transaction.seal()
      let found = try self.plan(entity, subject, transaction)
      if case .series(let key) = subject {
        try transaction.separate(key, from: entity)
      }
      outcome.values = found.plan.values
      outcome.contents = found.contents.count
      outcome.sharedContents = found.kept
      outcome.alsoNamedBy = found.others
      var series: [String] = []
      if case .series(let key) = subject, label != nil { series = [key] }
      return try transaction.purge(
        entity, found.plan, contents: found.contents, series: series, reason: reason, label: label)
    }
    try seal()
    outcome.op = try dot.map { dot in try store.inspect { try $0.hexHash(dot) } }
    return outcome
  }

  /// True while pages of the database's files can still hold what was purged.
  package func needsScrub() throws -> Bool { try store.inspect { try $0.needsScrub() } }

  package func purges() throws -> [PurgeRecord] { try store.inspect { try $0.purges() } }

  private struct Found {
    var plan: PurgePlan
    var contents: [ContentDigest]
    /// Contents that stay, since other things name them.
    var kept: Int
    /// Other things that name contents that go.
    var others: Int
  }

  private func plan(
    _ entity: EntityKey, _ subject: PurgeSubject, _ transaction: WriteTransaction
  ) throws -> Found {
    let kind = try transaction.kind(of: entity)
    var plan = try transaction.purgePlan(entity, subject)
    switch subject {
    case .everything:
      // A run whose creation was purged, and that somebody wrote to since, has no kind any more.
      if let kind, kind != .run, kind != .trace { throw PurgeFailure.onlyRuns(kind: kind.name) }
    case .field(let field), .value(let field, _):
      guard field.isPurgeable else { throw PurgeFailure.structural(field: field.text) }
      if field == .name, let kind, kind != .run {
        let standing = try transaction.standing(entity, field)
        plan.targets.removeAll { standing.contains($0.0) }
        if plan.isEmpty { throw PurgeFailure.standingName(kind: kind.name) }
      }
    case .series: break
    }
    guard !plan.isEmpty else { throw PurgeFailure.nothing(field: subject.text) }
    // An empty file tells nothing, and is everywhere: its name alone goes.
    var contents = plan.contents.subtracting([ContentDigest.empty])
    let shared = try transaction.sharedContents(contents, besides: entity)
    // Who names one artifact wants its content gone; with a whole run go only those that are the run's alone.
    if subject == .everything {
      contents.subtract(shared.keys)
      return Found(plan: plan, contents: contents.sorted(), kept: shared.count, others: 0)
    }
    let others = shared.values.reduce(into: Set<EntityKey>()) { $0.formUnion($1) }.count
    return Found(plan: plan, contents: contents.sorted(), kept: 0, others: others)
  }

  /// Carries out what a purge asks for beyond the database. Call after whatever can bring one.
  func finishPurges() {
    guard store.takePurged() else { return }
    // What does not succeed now is tried again when the replica is opened, and doctor says so.
    try? store.scrub(upTo: Store.scrubBytes)
    try? dropPurgedContents()
    try? forgetPurgedConfigs()
    try? forgetPurgedArtifacts()
  }

  func dropPurgedContents() throws {
    var unreached: BucketFailure?
    for digest in try store.inspect({ try $0.purgedContents() }) {
      // What was fetched in part goes as well, and what is damaged, so that it does not count as here. Bytes in a bucket that is
      // out of reach go when it is back: nobody is told any more that they are here.
      do { try contentStore.remove(digest) } catch let failure as BucketFailure {
        unreached = failure
      }
    }
    lacking.withLock { $0 = nil }
    if let unreached { throw unreached }
  }
}

extension PurgeSubject {
  package var text: String {
    switch self {
    case .field(let field), .value(let field, _): field.text
    case .series(let key): "metrics." + key
    case .everything: "everything"
    }
  }
}

extension FieldName {
  /// Not for what decides where a thing belongs, or who may do what.
  fileprivate var isPurgeable: Bool {
    switch split.family {
    case "tags", "params", "labels", "environment", "artifacts", "datasets", "inputs", "outputs",
      "metadata", "assessments", "links":
      split.member != nil
    case "name", "description", "comments", "user", "source", "spans", "request_preview",
      "response_preview", "client_request_id", "text":
      split.member == nil
    default: false
    }
  }
}

extension ContentDigest {
  /// Of no bytes.
  fileprivate static let empty = ContentDigest(bytes: OperationHash.sha256([]))!
}
