import FieldbookModel
import FieldbookWorkspace

extension WorkspaceFailure {
  /// The command that lists what there is, for what was not found.
  ///
  /// - Parameter words: those of the command line, for names that the person gave.
  func lookingHint(_ words: [String]) -> String? {
    let given = words.dropFirst(2).first { !$0.hasPrefix("-") }
    if case .noSuchSide = self, words.first == "conflicts", let given {
      return "see them with: fieldbook conflicts show \(given)"
    }
    guard case .notFound(let what, let reference) = self else { return nil }
    switch what {
    case "run":
      return reference.hasPrefix("@last")
        ? "@last counts runs that this device started; all are in: fieldbook runs"
        : "see what there is: fieldbook runs (deleted ones: --deleted)"
    case "experiment": return "see what there is: fieldbook experiments"
    case "model": return "see what there is: fieldbook models"
    case "config": return "see what there is: fieldbook config ls"
    case "device": return "see what there is: fieldbook devices"
    case "trace": return "see what there is: fieldbook traces"
    case "version":
      let model = words.first == "models" ? given : WorkspaceFailure.model(in: words)
      return "see what there is: fieldbook models show \(model ?? "NAME")"
    case "conflict": return "see what is open: fieldbook conflicts"
    case "remote": return "see what there is: fieldbook remote list"
    case "change": return "changes are named in: fieldbook history REF"
    case "artifact":
      return
        "see what there is: fieldbook artifacts ls \(words.first == "artifacts" ? given ?? "RUN" : "RUN")"
    default: return "see what there is: fieldbook show REF"
    }
  }

  /// The model of `model:NAME@VERSION`.
  private static func model(in words: [String]) -> String? {
    guard let word = words.first(where: { $0.hasPrefix("model:") }),
      let at = word.lastIndex(of: "@")
    else { return nil }
    return String(word[..<at].dropFirst(6))
  }
}
