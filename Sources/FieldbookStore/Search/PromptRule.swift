/// Prompts are models and versions with a tag that says so, and stay out of a search that does not ask for them.
///
/// Taken literally, `tags.`mlflow.prompt.is_prompt` != 'true'` would match nothing, because a tag that is missing
/// matches no comparison. So comparisons of that tag that ask for no prompts are dropped, as MLflow drops them.
struct PromptRule {
  static let tag = "mlflow.prompt.is_prompt"

  /// What is left to compare.
  let expression: SearchExpression
  /// What must hold besides; `t` is the subject's table.
  let conditions: [String]

  init(_ asked: SearchExpression, subject: SearchSubject) {
    switch subject {
    case .runs, .experiments, .traces: (expression, conditions) = (asked, [])
    case .models, .versions:
      guard !PromptRule.asksForPrompts(asked) else {
        (expression, conditions) = (asked, [])
        return
      }
      expression = PromptRule.withoutTag(asked)
      // A version is a prompt's if any version of its model says so.
      let entities =
        subject == .models ? "= t.id" : "IN (SELECT v.id FROM version v WHERE v.model = t.model)"
      conditions = [
        "NOT EXISTS (SELECT 1 FROM register r JOIN field f ON f.id = r.field WHERE r.entity \(entities)"
          + " AND f.name = 'tags.\(PromptRule.tag)' AND r.value = 'true')"
      ]
    }
  }

  /// The first comparison of the tag decides.
  private static func asksForPrompts(_ expression: SearchExpression) -> Bool {
    for part in expression.conjuncts {
      guard case .compare(.tag(tag), let test) = part else { continue }
      switch test {
      case .text("=", let text): return text.lowercased() == "true"
      case .text(_, let text): return text.lowercased() == "false"
      default: return false
      }
    }
    return false
  }

  private static func withoutTag(_ expression: SearchExpression) -> SearchExpression {
    let rest = expression.conjuncts.filter { part in
      if case .compare(.tag(tag), _) = part { false } else { true }
    }
    return rest.isEmpty ? .all : rest.count == 1 ? rest[0] : .and(rest)
  }
}

extension SearchExpression {
  /// What all must hold.
  fileprivate var conjuncts: [SearchExpression] {
    if case .and(let parts) = self { parts } else { [self] }
  }
}
