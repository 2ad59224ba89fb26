import FieldbookModel

/// What is asked of a run so that somebody else can make it again, and how much each part weighs. The weights add up to 100.
package enum AuditQuestion: String, CaseIterable, Sendable {
  case code, environment, data, parameters, metrics, reproduced, seed, artifacts, config
  case description

  package var weight: Int {
    switch self {
    case .code: 20
    case .environment, .data: 15
    case .parameters, .metrics, .reproduced: 10
    case .seed: 8
    case .artifacts, .config: 5
    case .description: 2
    }
  }

  /// As a person reads it.
  package var words: String {
    switch self {
    case .code: "code version"
    case .environment: "environment lock"
    case .data: "data version"
    case .reproduced: "reproduced and verified by another device"
    case .config: "config in git"
    default: rawValue
    }
  }
}

/// How well a run can be made again: a checklist and a score.
package struct RunAudit: Equatable, Sendable {
  package enum State: String, CaseIterable, Sendable {
    case ok, partly, missing
    case notApplicable = "not_applicable"

    /// Of the weight, in halves.
    fileprivate var halves: Int {
      switch self {
      case .ok: 2
      case .partly: 1
      case .missing, .notApplicable: 0
      }
    }
  }

  package struct Check: Equatable, Sendable {
    package var question: AuditQuestion
    package var state: State
    package var found: String
    /// A command that mends it, `RUN` standing for the run; nil where there is nothing to do.
    package var mend: String?
  }

  package let run: RunID
  package let name: String
  /// In the order of the questions.
  package let checks: [Check]

  package init(_ facts: AuditFacts) {
    run = facts.run
    name = facts.name
    checks = AuditQuestion.allCases.map { $0.answer(facts) }
  }

  /// 0 to 100: what the checks are worth, of what they could be. Half of the weight for what is there in part.
  package var score: Int {
    let asked = checks.filter { $0.state != .notApplicable }
    let whole = asked.reduce(0) { $0 + 2 * $1.question.weight }
    guard whole > 0 else { return 0 }
    let reached = asked.reduce(0) { $0 + $1.state.halves * $1.question.weight }
    return (200 * reached + whole) / (2 * whole)
  }

  package var lacks: [Check] { checks.filter { $0.state == .missing || $0.state == .partly } }
}

// MARK: - Answers

extension AuditQuestion {
  fileprivate func answer(_ facts: AuditFacts) -> RunAudit.Check {
    let (state, found, mend): (RunAudit.State, String, String?) =
      switch self {
      case .code: code(facts)
      case .environment: environment(facts)
      case .data: data(facts)
      case .parameters:
        counted(facts.parameters, "param", "fieldbook log param --run RUN NAME=VALUE")
      case .metrics:
        counted(facts.metrics, "metric", "fieldbook log metric --run RUN NAME=VALUE")
      case .reproduced: reproduced(facts)
      case .seed: seed(facts)
      case .artifacts: artifacts(facts)
      case .config: config(facts)
      case .description:
        facts.hasDescription
          ? (.ok, "there is one", nil)
          : (.missing, "none", "fieldbook describe RUN 'what was tried, and what came out'")
      }
    return RunAudit.Check(question: self, state: state, found: found, mend: mend)
  }

  private typealias Answer = (RunAudit.State, String, String?)

  /// A run is as it is: what was not captured then is captured by the next one.
  private var again: String { "fieldbook run -- COMMAND, for the next run" }

  private func counted(_ count: Int, _ noun: String, _ mend: String) -> Answer {
    guard count > 0 else { return (.missing, "none", mend) }
    return (.ok, Amount.of(count, noun), nil)
  }

  private func code(_ facts: AuditFacts) -> Answer {
    switch facts.snapshot {
    case .here(let commit, _, let lacking) where lacking.isEmpty:
      return (.ok, "snapshot \(commit.prefix(8))", nil)
    case .here(let commit, _, let lacking):
      let rest = lacking.count > 1 ? " and \(lacking.count - 1) more" : ""
      return (
        .partly, "snapshot \(commit.prefix(8)), without \(lacking[0])\(rest)",
        "raise snapshot_file_max or snapshot_max, or log the files: "
          + "fieldbook log artifact --run RUN FILE"
      )
    case .notHere: return (.partly, "a snapshot that is not on this replica", "fieldbook sync")
    case .none: break
    }
    guard let commit = facts.gitCommit else { return (.missing, "none", again) }
    let short = commit.prefix(8)
    return facts.isDirty == false
      ? (.ok, "commit \(short), nothing changed beside it", nil)
      : (.partly, "commit \(short), with changes that were not kept", again)
  }

  private func environment(_ facts: AuditFacts) -> Answer {
    switch facts.packages {
    case .listed(let count) where count > 0:
      let words = Amount.of(count, "package", ("with its version", "with versions"))
      return (.ok, words, nil)
    case .notHere: return (.partly, "a list that is not on this replica", "fieldbook sync")
    case .listed, .none:
      let mend = "fieldbook run -- python SCRIPT, for the next run: it asks that Python"
      return facts.python.map { (.partly, "Python \($0), without packages", mend) }
        ?? (.missing, "none", mend)
    }
  }

  private func data(_ facts: AuditFacts) -> Answer {
    let mend = "fieldbook run --data PATH -- COMMAND, for the next run"
    let all = Amount.of(facts.datasets, "dataset")
    if facts.datasets == 0 { return (.missing, "no dataset is named", mend) }
    if facts.hashedDatasets == facts.datasets { return (.ok, "\(all), hashed whole", nil) }
    if facts.namelessDatasets == facts.datasets {
      return (.missing, "\(all), without a digest", mend)
    }
    return (
      .partly, "\(all), \(facts.datasets - facts.hashedDatasets) not hashed whole", mend
    )
  }

  private func seed(_ facts: AuditFacts) -> Answer {
    let mend = "fieldbook run -p seed=42 -- COMMAND, for the next run"
    let set = facts.seeds.filter { SeedName.isSet($0.value) }.sorted { $0.key < $1.key }
    if let first = set.first {
      let rest = set.count > 1 ? " and \(set.count - 1) more" : ""
      return (.ok, "\(first.key)=\(first.value)\(rest)", nil)
    }
    guard let unset = facts.seeds.keys.sorted().first else {
      return (.missing, "no param is called a seed", mend)
    }
    return (.missing, "\(unset) says that there is none", mend)
  }

  private func artifacts(_ facts: AuditFacts) -> Answer {
    if facts.files == 0 {
      return (.missing, "no file is a result", "fieldbook log artifact --run RUN FILE")
    }
    let all = Amount.of(facts.files, "file")
    let absent = facts.files - facts.filesHere
    return absent == 0
      ? (.ok, all, nil)
      : (.partly, "\(all), \(absent) known and not on this replica", "fieldbook sync")
  }

  private func config(_ facts: AuditFacts) -> Answer {
    switch facts.snapshot {
    case .here(_, true, _):
      facts.config.map { (.ok, "\($0), in the snapshot", nil) }
        ?? (facts.parameters > 0
          ? (.partly, "params alone, no config", "fieldbook run -c CONFIG, for the next run")
          : (.missing, "no config and no params", "fieldbook run -c CONFIG, for the next run"))
    case .here: (.missing, "the snapshot holds none", again)
    case .notHere: (.partly, "a snapshot that is not on this replica", "fieldbook sync")
    case .none: (.missing, "no snapshot", again)
    }
  }

  private func reproduced(_ facts: AuditFacts) -> Answer {
    let mend = "on another device: fieldbook reproduce RUN, then fieldbook sync"
    switch facts.repetition {
    case .isOne(let first): return (.notApplicable, "repeats \(first)", nil)
    case .none where !facts.status.isFinal: return (.notApplicable, "the run still goes on", nil)
    case .none: return (.missing, "nobody did", mend)
    case .differs(let run, let device, let count):
      let words = Amount.of(count, "thing")
      return (
        .partly, "\(run) by \(device) differs in \(words)", "fieldbook verify RUN \(run)"
      )
    case .unfinished(let run): return (.partly, "\(run) tells too little yet", mend)
    case .sameDevice(let run): return (.partly, "\(run), by the same device", mend)
    case .verified(let run, let device): return (.ok, "\(run) by \(device)", nil)
    }
  }
}
