import FieldbookModel
import FieldbookWorkspace
import Testing

@Suite("What an audit makes of what it is told")
struct RunAuditTests {
  private static let commit = String(repeating: "4b", count: 20)

  private static func facts(_ change: (inout AuditFacts) -> Void = { _ in }) -> AuditFacts {
    var facts = AuditFacts(
      run: RunID(EntityKey(high: 1, low: 0)), name: "brisk-heron-412", status: .finished)
    change(&facts)
    return facts
  }

  private static let whole = facts {
    $0.parameters = 3
    $0.metrics = 2
    $0.seeds = ["seed": "42"]
    $0.files = 1
    $0.filesHere = 1
    $0.datasets = 1
    $0.hashedDatasets = 1
    $0.snapshot = .here(commit: commit, hasConfig: true, lacking: [])
    $0.config = "train/base.yaml"
    $0.packages = .listed(12)
    $0.hasDescription = true
    $0.repetition = .verified(run: "calm-owl-3", device: "bo-laptop")
  }

  private func state(_ question: AuditQuestion, _ facts: AuditFacts) -> RunAudit.State? {
    RunAudit(facts).checks.first { $0.question == question }?.state
  }

  private func changed(_ change: (inout AuditFacts) -> Void) -> AuditFacts {
    var facts = Self.whole
    change(&facts)
    return facts
  }

  @Test("the weights add up to a hundred; all there is 100, nothing there is 0")
  func ends() {
    #expect(AuditQuestion.allCases.reduce(0) { $0 + $1.weight } == 100)
    let whole = RunAudit(Self.whole)
    #expect(whole.score == 100 && whole.lacks.isEmpty)
    #expect(whole.checks.allSatisfy { $0.mend == nil })
    let bare = RunAudit(Self.facts())
    #expect(bare.score == 0 && bare.lacks.count == AuditQuestion.allCases.count)
    #expect(bare.checks.allSatisfy { $0.mend != nil })
  }

  @Test("what is missing costs its weight, what is there in part the half of it")
  func score() {
    #expect(RunAudit(changed { $0.snapshot = .none }).score == 75)
    #expect(RunAudit(changed { $0.hasDescription = false }).score == 98)
    #expect(RunAudit(changed { $0.hashedDatasets = 0 }).score == 93)
  }

  @Test("what does not apply is left out of the sum")
  func notApplicable() {
    let one = changed { $0.repetition = .isOne(of: "a3f91c02") }
    #expect(state(.reproduced, one) == .notApplicable && RunAudit(one).score == 100)
    let going = changed {
      $0.repetition = .none
      $0.status = .running
    }
    #expect(state(.reproduced, going) == .notApplicable)
    #expect(RunAudit(changed { $0.repetition = .none }).score == 90)
  }

  @Test(
    "code: a snapshot, or a commit with nothing changed beside it",
    arguments: [
      (AuditFacts.Snapshot.here(commit: commit, hasConfig: true, lacking: []), nil, nil, "ok"),
      (.here(commit: commit, hasConfig: true, lacking: ["big.bin", "b"]), nil, nil, "partly"),
      (.notHere, nil, nil, "partly"), (.none, "c1", false, "ok"), (.none, "c1", true, "partly"),
      (.none, "c1", nil, "partly"), (.none, nil, nil, "missing"),
    ] as [(AuditFacts.Snapshot, String?, Bool?, String)])
  func code(snapshot: AuditFacts.Snapshot, commit: String?, isDirty: Bool?, expected: String) {
    let facts = changed {
      $0.snapshot = snapshot
      $0.gitCommit = commit
      $0.isDirty = isDirty
    }
    #expect(state(.code, facts)?.rawValue == expected)
  }

  @Test("a list of packages without versions is no lock")
  func environment() {
    #expect(state(.environment, changed { $0.packages = .listed(0) }) == .missing)
    let python = changed {
      $0.packages = .none
      $0.python = "3.11"
    }
    #expect(state(.environment, python) == .partly)
    #expect(state(.environment, changed { $0.packages = .notHere }) == .partly)
  }

  @Test("data: hashed whole, by a tool's digest, or not at all")
  func data() {
    #expect(state(.data, changed { $0.datasets = 2 }) == .partly)
    let nameless = changed {
      $0.hashedDatasets = 0
      $0.namelessDatasets = 1
    }
    #expect(state(.data, nameless) == .missing)
    #expect(state(.data, changed { $0.datasets = 0 }) == .missing)
  }

  @Test("a seed that is none is missing")
  func seed() {
    #expect(state(.seed, changed { $0.seeds = ["seed": "None"] }) == .missing)
    #expect(state(.seed, changed { $0.seeds = ["seed": "None", "PYTHONHASHSEED": "0"] }) == .ok)
    #expect(state(.seed, changed { $0.seeds = ["PYTHONHASHSEED": "random"] }) == .missing)
  }

  @Test(
    "which names are seeds",
    arguments: [
      ("seed", true), ("random_state", true), ("train.random_seed", true), ("numpySeed", true),
      ("SEED", true), ("seed-2", true), ("seed0", true), ("data/split:seed", true),
      ("RandomState", true), ("seeded", false), ("linseed", false), ("seed.count", false),
      ("state", false), ("random", false), ("seedling_count", false), ("", false),
    ])
  func names(name: String, isSeed: Bool) {
    #expect(SeedName.matches(name) == isSeed)
  }

  @Test("who made it again counts by what came out, and by which device")
  func reproduced() {
    func state(_ repetition: AuditFacts.Repetition) -> RunAudit.State? {
      self.state(.reproduced, changed { $0.repetition = repetition })
    }
    #expect(state(.sameDevice(run: "r")) == .partly)
    #expect(state(.differs(run: "r", device: "d", differences: 2)) == .partly)
    #expect(state(.unfinished(run: "r")) == .partly)
  }

  @Test("of an experiment the mean, and what most lack, the weightier first")
  func experiment() {
    let audit = ExperimentAudit(
      runs: [
        RunAudit(Self.whole), RunAudit(changed { $0.snapshot = .none }),
        RunAudit(changed { $0.hasDescription = false }),
        RunAudit(
          changed {
            $0.hasDescription = false
            $0.seeds = [:]
          }),
      ])
    #expect(audit.mean == 90.75)
    #expect(audit.lacks.map(\.question) == [.description, .code, .seed, .config])
    #expect(audit.lacks.map(\.runs) == [2, 1, 1, 1])
    #expect(ExperimentAudit(runs: []).mean == nil)
  }
}
