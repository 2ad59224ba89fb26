import FieldbookModel
import FieldbookWorkspace

extension RunAudit.Check {
  /// The command that mends it, of this run.
  package func mend(of run: String) -> String? { mend?.replacing("RUN", with: run) }
}

extension RunAudit {
  package var json: JSON {
    [
      "run_id": .string(run.hex), "name": .string(name), "score": .count(score),
      "checks": .array(
        checks.map { check in
          [
            "name": .string(check.question.rawValue), "words": .string(check.question.words),
            "state": .string(check.state.rawValue), "weight": .count(check.question.weight),
            "found": .string(check.found), "mend": .optional(check.mend(of: run.hex)),
          ]
        }),
    ]
  }
}
