import FieldbookModel
import FieldbookWorkspace

extension WorkspaceFailure {
  /// The command that lists what there is, for what was not found.
  var lookingHint: String? {
    guard case .notFound(let what, let reference) = self else { return nil }
    switch what {
    case "run":
      return reference.hasPrefix("@last")
        ? "@last counts runs that this device started; all are in: fieldbook runs"
        : "see what there is: fieldbook runs (deleted ones: --deleted)"
    case "experiment": return "see what there is: fieldbook experiments"
    case "model": return "see what there is: fieldbook models"
    case "version": return "see what there is: fieldbook models show NAME"
    case "conflict": return "see what is open: fieldbook conflicts"
    case "remote": return "see what there is: fieldbook remote list"
    case "change": return "changes are named in: fieldbook history REF"
    case "artifact": return "see what there is: fieldbook artifacts ls RUN"
    default: return "see what there is: fieldbook show REF"
    }
  }
}
