import FieldbookModel

/// The runs of an experiment, audited: how they stand, and what most of them lack.
package struct ExperimentAudit: Equatable, Sendable {
  package struct Lack: Equatable, Sendable {
    package var question: AuditQuestion
    /// Runs that lack it, wholly or in part.
    package var runs: Int
    /// What mends it in the newest of them.
    package var mend: String?
  }

  /// Newest first.
  package let runs: [RunAudit]

  package init(runs: [RunAudit]) { self.runs = runs }

  /// Of the scores; nil without runs.
  package var mean: Double? {
    runs.isEmpty ? nil : Double(runs.reduce(0) { $0 + $1.score }) / Double(runs.count)
  }

  /// The most frequent first; of two that are as frequent, the weightier.
  package var lacks: [Lack] {
    var found: [AuditQuestion: Lack] = [:]
    for check in runs.lazy.flatMap(\.lacks) {
      var lack = found[check.question] ?? Lack(question: check.question, runs: 0, mend: check.mend)
      lack.runs += 1
      found[check.question] = lack
    }
    return AuditQuestion.allCases.compactMap { found[$0] }.sorted { one, other in
      (one.runs, one.question.weight) > (other.runs, other.question.weight)
    }
  }
}
