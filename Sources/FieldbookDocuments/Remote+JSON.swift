import FieldbookModel
import FieldbookWorkspace

/// A peer, and how far the two agree.
extension Workspace.Remote {
  package var json: JSON {
    [
      "name": .string(name), "url": .string(url), "last_sync": .time(lastSync),
      "behind_ops": .optional(behindOps), "error": .optional(failure),
      "failing_since": .time(failingSince),
    ]
  }
}
