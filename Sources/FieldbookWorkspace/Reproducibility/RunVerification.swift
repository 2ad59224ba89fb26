import FieldbookModel
import FieldbookRepository

/// Two runs, and whether the second gave what the first did.
///
/// Counted are: how they ended, params, datasets by digest, whole metric histories, files by hash, and code. What says when and where
/// (logs, packages, machine, `system/` metrics) is told and not counted; see `ArtifactRole`.
package struct RunVerification: Equatable, Sendable {
  package enum Section: String, CaseIterable, Sendable {
    case run, params, datasets, metrics, artifacts, code, environment
  }

  package enum Verdict: String, CaseIterable, Sendable {
    case equal, within, different
    /// Differs, and is no difference.
    case told
    /// One side, or both, do not say enough to compare.
    case unknown
  }

  package struct Finding: Equatable, Sendable {
    package var section: Section
    package var key: String
    package var verdict: Verdict
    /// As a person reads it; nil where the run has none.
    package var first: String?
    package var second: String?
    /// Why it is so, where the values do not say it.
    package var reason: String?
    /// Of a metric that both have.
    package var history: HistoryComparison?
  }

  /// What is read beside the runs themselves.
  package struct Surroundings: Equatable, Sendable {
    /// The snapshot's `code/` as files by path; nil if it is not here.
    package var code: CodeTree?
    /// Versions by name.
    package var packages: [String: String]?

    package init(code: CodeTree? = nil, packages: [String: String]? = nil) {
      self.code = code
      self.packages = packages
    }
  }

  package struct CodeTree: Equatable, Sendable {
    /// Equal for equal trees.
    package var id: String
    /// Contents by path, each as a hash; may be left out of trees that are equal.
    package var files: [String: String]

    package init(id: String, files: [String: String] = [:]) {
      self.id = id
      self.files = files
    }
  }

  package let first: Run
  package let second: Run
  package let tolerance: MetricTolerance
  /// Sections in order, keys in order within.
  package private(set) var findings: [Finding] = []

  /// - Parameter history: by step, then time; asked only for metrics that both have.
  package init(
    _ first: Run, _ second: Run, surroundings: (Surroundings, Surroundings),
    tolerance: MetricTolerance = MetricTolerance(),
    history: (RunID, String) throws -> [MetricPoint]
  ) rethrows {
    self.first = first
    self.second = second
    self.tolerance = tolerance
    compareEnds()
    compareParameters()
    compareDatasets()
    try compareMetrics(history)
    let isCodeKnown = compareCode(surroundings.0.code, surroundings.1.code)
    compareArtifacts(isCodeKnown: isCodeKnown)
    compareEnvironment(surroundings.0.packages, surroundings.1.packages)
    let order = Dictionary(uniqueKeysWithValues: zip(Section.allCases, 0...))
    findings.sort { (order[$0.section] ?? 0, $0.key) < (order[$1.section] ?? 0, $1.key) }
  }

  // MARK: What follows

  /// Nothing that counts differs beyond the tolerance.
  package var isVerified: Bool { !findings.contains { $0.verdict == .different } }

  /// Some result was compared: two runs that recorded nothing agree on nothing.
  package var hasResults: Bool {
    findings.contains { finding in
      (finding.section == .metrics || finding.section == .artifacts)
        && [.equal, .within, .different].contains(finding.verdict)
    }
  }

  /// Runs that still go on: what they have so far was compared.
  package var unfinished: [Run] { [first, second].filter { !$0.state.status.isFinal } }

  package func count(_ verdict: Verdict, in section: Section? = nil) -> Int {
    findings.count { $0.verdict == verdict && (section == nil || $0.section == section) }
  }

  /// Tolerances that name metrics which neither run has.
  package var idleTolerances: [String] {
    tolerance.named.keys.filter { first.metrics[$0] == nil && second.metrics[$0] == nil }.sorted()
  }

  // MARK: Sections

  private mutating func add(
    _ section: Section, _ key: String, _ verdict: Verdict, _ first: String?, _ second: String?,
    _ reason: String? = nil
  ) {
    findings.append(
      Finding(
        section: section, key: key, verdict: verdict, first: first, second: second, reason: reason))
  }

  private mutating func compareEnds() {
    let (one, other) = (first.state.status, second.state.status)
    let isKnown = one.isFinal && other.isFinal
    let verdict: Verdict = !isKnown ? .unknown : one == other ? .equal : .different
    add(
      .run, "status", verdict, one.rawValue, other.rawValue, isKnown ? nil : "a run still goes on")
  }

  private mutating func compareParameters() {
    for key in Set(first.parameters.keys).union(second.parameters.keys) {
      let (one, other) = (first.parameters[key], second.parameters[key])
      add(.params, key, RunVerification.isSame(one, other) ? .equal : .different, one, other)
    }
  }

  private mutating func compareMetrics(_ history: (RunID, String) throws -> [MetricPoint]) rethrows
  {
    for key in Set(first.metrics.keys).union(second.metrics.keys).sorted()
    where !key.hasPrefix(RunVerification.machineMetrics) {
      let (one, other) = (first.metrics[key], second.metrics[key])
      var finding = Finding(
        section: .metrics, key: key, verdict: .different,
        first: one.map { RunVerification.text($0.last.value) },
        second: other.map { RunVerification.text($0.last.value) })
      if one != nil, other != nil {
        let compared = HistoryComparison(
          try history(first.id, key), try history(second.id, key), within: tolerance[key])
        finding.history = compared
        finding.verdict =
          switch compared.verdict {
          case .equal: .equal
          case .within: .within
          case .different: .different
          }
      }
      findings.append(finding)
    }
  }

  /// What the machine did meanwhile.
  package static let machineMetrics = "system/"

  /// - Returns: false if it could not be compared.
  private mutating func compareCode(_ one: CodeTree?, _ other: CodeTree?) -> Bool {
    guard let one, let other else { return compareCommits() }
    if one.id == other.id {
      add(.code, "snapshot", .equal, one.id, other.id)
      return true
    }
    let paths = Set(one.files.keys).union(other.files.keys)
    let differing = paths.filter { !RunVerification.isSame(one.files[$0], other.files[$0]) }
    for path in differing { add(.code, path, .different, one.files[path], other.files[path]) }
    if differing.isEmpty { add(.code, "snapshot", .different, one.id, other.id) }
    return true
  }

  private mutating func compareCommits() -> Bool {
    let (one, other) = (first.environment["git_commit"], second.environment["git_commit"])
    let isClean = [first, second].allSatisfy { $0.environment["git_dirty"] == "false" }
    if let one, let other, one != other {
      add(.code, "git_commit", .different, one, other)
      return true
    }
    if let one, other != nil, isClean {
      add(.code, "git_commit", .equal, one, other)
      return true
    }
    let reason =
      one != nil && other != nil
      ? "the same commit, with changes that no snapshot tells"
      : "not both snapshots are here"
    add(
      .code, "snapshot", .unknown, first.environment["snapshot"], second.environment["snapshot"],
      reason)
    return false
  }

  private mutating func compareArtifacts(isCodeKnown: Bool) {
    let (ours, theirs) = (
      RunVerification.digests(first.artifacts), RunVerification.digests(second.artifacts)
    )
    for path in Set(ours.keys).union(theirs.keys) {
      let (one, other) = (ours[path], theirs[path])
      let role = ArtifactRole(path: path)
      if role == .code, isCodeKnown { continue }
      let excuse = role == .code ? nil : role.excuse
      let isSame = RunVerification.isSame(one, other)
      let verdict: Verdict = isSame ? .equal : excuse == nil ? .different : .told
      // A log that happens to be the same is no result either.
      if isSame, excuse != nil { continue }
      add(.artifacts, path, verdict, one, other, isSame ? nil : excuse)
    }
  }

  private static func digests(_ artifacts: [Artifact]) -> [String: String] {
    Dictionary(artifacts.map { ($0.path, $0.digest.hex) }, uniquingKeysWith: { first, _ in first })
  }

  private mutating func compareEnvironment(_ ours: [String: String]?, _ theirs: [String: String]?) {
    let codeKeys: Set = ["snapshot", "git_dirty_files"]
    let keys = Set(first.environment.keys).union(second.environment.keys)
    for key in keys where !codeKeys.contains(key) {
      let (one, other) = (first.environment[key], second.environment[key])
      add(.environment, key, RunVerification.isSame(one, other) ? .equal : .told, one, other)
    }
    guard let ours, let theirs else { return }
    for name in Set(ours.keys).union(theirs.keys) {
      let isSame = RunVerification.isSame(ours[name], theirs[name])
      add(.environment, "packages." + name, isSame ? .equal : .told, ours[name], theirs[name])
    }
  }

  /// By bytes: texts that look alike and are not.
  static func isSame(_ one: String?, _ other: String?) -> Bool {
    switch (one, other) {
    case (nil, nil): true
    case (let one?, let other?): one.utf8.elementsEqual(other.utf8)
    default: false
    }
  }

  private static func text(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }
}

// MARK: - Datasets

extension RunVerification {
  /// What a dataset is: its content where both runs know it, else the digest that its tool gave it. Where it lay does not count:
  /// another laptop has it elsewhere.
  private mutating func compareDatasets() {
    let (ours, theirs) = (
      RunVerification.byUse(first.datasets), RunVerification.byUse(second.datasets)
    )
    for use in Set(ours.keys).union(theirs.keys) {
      let (one, other) = (ours[use] ?? [], theirs[use] ?? [])
      let (left, right) = RunVerification.identities(one, other)
      var verdict: Verdict = left == right ? .equal : .different
      if !one.isEmpty, !other.isEmpty, left.contains("") || right.contains("") {
        verdict = .unknown
      }
      add(
        .datasets, use, verdict, one.isEmpty ? nil : left.joined(separator: ", "),
        other.isEmpty ? nil : right.joined(separator: ", "),
        verdict == .unknown ? "it has no digest" : nil)
    }
  }

  /// By name and what it was used for.
  private static func byUse(_ datasets: [Dataset]) -> [String: [Dataset]] {
    Dictionary(grouping: datasets) { one in
      one.context.map { one.name + " (" + $0 + ")" } ?? one.name
    }
  }

  private static func identities(_ one: [Dataset], _ other: [Dataset]) -> ([String], [String]) {
    let hasContents = (one + other).allSatisfy { $0.tags[ContentTag.content] != nil }
    func names(_ datasets: [Dataset]) -> [String] {
      Set(datasets.map { (hasContents ? $0.tags[ContentTag.content] : nil) ?? $0.digest }).sorted()
    }
    return (names(one), names(other))
  }
}
