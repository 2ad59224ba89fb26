import FieldbookModel
import FieldbookReplication
import FieldbookRepository

/// What is recorded of runs, judged by whether somebody else could make them again.
extension Workspace {
  /// The tag that a run carries which repeats another: the id of the first, 32 hexadecimal digits.
  package static let reproducesTag = EntryKey(unchecked: "fieldbook.reproduces")

  package func audit(_ run: RunID, tolerance: MetricTolerance = MetricTolerance()) throws
    -> RunAudit
  {
    guard let audit = try audits(.run(run), tolerance).first else {
      throw WorkspaceFailure.notFound(what: "run", reference: run.hex)
    }
    return audit
  }

  /// Of all its runs that are not deleted.
  package func audit(
    _ experiment: ExperimentID, tolerance: MetricTolerance = MetricTolerance()
  ) throws -> ExperimentAudit {
    ExperimentAudit(runs: try audits(.experiment(experiment), tolerance))
  }

  private func audits(_ selection: RunSelection, _ tolerance: MetricTolerance) throws -> [RunAudit]
  {
    let heads = try store.inspect { try $0.heads(of: selection) }
    var found = try recorded(selection)
    let snapshots = try self.snapshots(found.values.compactMap(\.commit))
    let repetitions = try repetitions(selection)
    var lists = PackageLists(self)
    return try heads.map { head in
      var facts = AuditFacts(run: head.id, name: head.name, status: head.status)
      facts.metrics = head.metrics
      if let recorded = found.removeValue(forKey: head.id) {
        recorded.fill(&facts)
        facts.filesHere = recorded.results.count { contentStore.contains($0) }
        facts.packages = try recorded.packages.map { try lists.count($0) } ?? .none
        if let commit = recorded.commit { facts.snapshot = snapshots[commit] ?? .notHere }
      }
      try judge(head, repetitions[head.id.hex] ?? [], tolerance, &facts)
      return RunAudit(facts)
    }
  }

  // MARK: What was recorded

  private func recorded(_ selection: RunSelection) throws -> [RunID: RecordedFields] {
    var found: [RunID: RecordedFields] = [:]
    try store.inspect { transaction in
      try transaction.eachField(of: selection) { run, field, value in
        found[run, default: RecordedFields()].take(field, value)
      }
    }
    return found
  }

  private static let codeFactsBytes = 4 << 20

  private func snapshots(_ commits: [GitObjectID]) throws -> [GitObjectID: AuditFacts.Snapshot] {
    let tops = try snapshots.bare.tops(
      of: commits, reading: "code.json", bytesMax: Workspace.codeFactsBytes)
    var known: [[UInt8]: [String]] = [:]
    var out: [GitObjectID: AuditFacts.Snapshot] = [:]
    for (commit, top) in tops {
      let lacking = known[top.file] ?? Workspace.lacking(top.file)
      known[top.file] = lacking
      // Config and environment alone are no code.
      guard top.names.contains("code") else { continue }
      out[commit] = .here(
        commit: commit.hex, hasConfig: top.names.contains("config"), lacking: lacking)
    }
    return out
  }

  /// Files that a snapshot's `code.json` says were left out although the run may have needed them.
  private static func lacking(_ codeFacts: [UInt8]) -> [String] {
    guard let json = try? JSONParser.parse(codeFacts) else { return [] }
    if json["files"] == .integer(0) { return ["any file of code"] }
    return (json["left_out"]?.items ?? []).compactMap { item in
      guard let path = item["path"]?.string, let reason = item["reason"]?.string,
        !LeftOut.Reason.isMeant(words: reason)
      else { return nil }
      return path
    }
  }

  // MARK: Who made it again

  private func repetitions(_ selection: RunSelection) throws -> [String: [RunHead]] {
    switch selection {
    case .run(let run):
      // By the search, which can have an index for it.
      let page = try runs(
        RunQuery(
          filter: "tags.`\(Workspace.reproducesTag)` = '\(run.hex)'",
          limit: Workspace.repetitionsMax))
      let heads = try store.inspect { transaction in
        try page.items.compactMap { try transaction.heads(of: .run($0.id)).first }
      }
      return [run.hex: heads]
    case .experiment:
      return try store.inspect { try $0.runs(taggedWith: Workspace.reproducesTag) }
    }
  }

  /// Of one run, that are looked into.
  private static let repetitionsMax = 20

  /// A tag says only that somebody meant to: the runs are compared here.
  private func judge(
    _ head: RunHead, _ repetitions: [RunHead], _ tolerance: MetricTolerance,
    _ facts: inout AuditFacts
  ) throws {
    if case .isOne = facts.repetition { return }
    let others = repetitions.filter { $0.device != nil && $0.device != head.device }
    let own = repetitions.filter { one in !others.contains { $0.id == one.id } }
    for (group, isOther) in [(others, true), (own, false)] {
      for one in group.sorted(by: { $0.startTime > $1.startTime })
        .prefix(Workspace.repetitionsMax)
      {
        let verification = try verification(of: head.id, and: one.id, tolerance: tolerance)
        let better = Workspace.outcome(verification, isOther: isOther)
        if better.rank > facts.repetition.rank { facts.repetition = better }
        if case .verified = facts.repetition { return }
      }
    }
  }

  private static func outcome(
    _ verification: RunVerification, isOther: Bool
  ) -> AuditFacts.Repetition {
    let run = verification.second
    guard verification.unfinished.isEmpty, verification.hasResults else {
      return .unfinished(run: run.name)
    }
    guard verification.isVerified else {
      return .differs(
        run: run.name, device: run.device, differences: verification.count(.different))
    }
    return isOther ? .verified(run: run.name, device: run.device) : .sameDevice(run: run.name)
  }
}

extension AuditFacts.Repetition {
  fileprivate var rank: Int {
    switch self {
    case .isOne, .none: 0
    case .unfinished: 1
    case .differs: 2
    case .sameDevice: 3
    case .verified: 4
    }
  }
}

/// What the fields of a run say.
private struct RecordedFields {
  private var parameters = 0
  private var seeds: [String: String] = [:]
  private(set) var results: [ContentDigest] = []
  private(set) var packages: ContentDigest?
  private(set) var commit: GitObjectID?
  private var datasets: [Dataset] = []
  private var environment: [String: String] = [:]
  private var hasDescription = false
  private var reproduces: String?

  private static let read: Set = ["config", "git_commit", "git_dirty", "python", "snapshot"]

  mutating func take(_ field: FieldName, _ value: FieldValue) {
    guard let text = value.text else { return }
    if field == .description {
      hasDescription = text.contains { !$0.isWhitespace }
      return
    }
    guard let family = field.family, let member = field.split.member.map(String.init) else {
      return
    }
    switch family {
    case .params:
      parameters += 1
      if SeedName.matches(member) { seeds[member] = text }
    case .artifacts:
      guard let artifact = ArtifactCoding.decode(text, path: member) else { return }
      if member == Workspace.packageList { packages = artifact.digest }
      if ArtifactRole(path: member) == .result { results.append(artifact.digest) }
    case .datasets: if let dataset = DatasetCoding.decode(text) { datasets.append(dataset) }
    case .environment:
      if RecordedFields.read.contains(member) { environment[member] = text }
      if member == "variable.PYTHONHASHSEED" { seeds["PYTHONHASHSEED"] = text }
      if member == "snapshot" { commit = GitObjectID(hex: text) }
    case .tags: if member == Workspace.reproducesTag.text { reproduces = text }
    default: break
    }
  }

  func fill(_ facts: inout AuditFacts) {
    facts.parameters = parameters
    facts.seeds = seeds
    facts.files = results.count
    facts.datasets = datasets.count
    facts.hashedDatasets = datasets.count { $0.tags[ContentTag.content] != nil }
    facts.namelessDatasets = datasets.count {
      $0.digest.isEmpty && $0.tags[ContentTag.content] == nil
    }
    facts.gitCommit = environment["git_commit"]
    facts.config = environment["config"]
    facts.isDirty = environment["git_dirty"].map { $0 == "true" }
    facts.python = environment["python"]
    facts.hasDescription = hasDescription
    if let reproduces { facts.repetition = .isOne(of: String(reproduces.prefix(8))) }
  }
}

/// Lists of packages by content: the runs of an experiment mostly share one.
private struct PackageLists {
  private let workspace: Workspace
  private var known: [ContentDigest: AuditFacts.Packages] = [:]
  private static let bytesMax: Int64 = 8 << 20

  init(_ workspace: Workspace) { self.workspace = workspace }

  mutating func count(_ list: ContentDigest) throws -> AuditFacts.Packages {
    if let known = known[list] { return known }
    let found = try read(list)
    known[list] = found
    return found
  }

  private func read(_ list: ContentDigest) throws -> AuditFacts.Packages {
    let store = workspace.contentStore
    guard let size = store.size(of: list) else { return .notHere }
    guard size <= PackageLists.bytesMax else { return .none }
    var bytes: [UInt8] = []
    try workspace.readVerified(
      Artifact(path: Workspace.packageList, digest: list, byteCount: size, isHere: true)
    ) { bytes += $0 }
    return .listed(PackageList.versions(bytes).count)
  }
}
