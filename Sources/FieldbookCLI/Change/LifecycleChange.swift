import FieldbookModel
import FieldbookWorkspace

extension CommonOptions {
  /// Deletes or restores; where that is so already, says that and changes nothing.
  func changeLifecycle(
    _ ref: String, to lifecycle: Lifecycle, said: String, already: String, dryRun: Bool
  ) throws {
    try withWorkspace { workspace, console in
      let reference = try workspace.reference(ref)
      let isSo = try workspace.lifecycle(of: reference) == lifecycle
      // While people disagree, saying it again is a decision.
      let isOpen = try workspace.conflicts().contains {
        $0.entity.key == reference.key && $0.field == .lifecycle
      }
      let isDone = isSo && !isOpen
      if !isDone, !dryRun {
        switch lifecycle {
        case .deleted: try workspace.delete(reference.key, durability: .person)
        case .active: try workspace.restore(reference.key, durability: .person)
        }
      }
      workspace.refreshConfigBranch(after: reference)
      console.status(Phrase("\(isDone ? already : said) ") + reference.phrase)
      if lifecycle == .deleted, !dryRun {
        console.hint("bring it back: fieldbook restore \(reference.typed(ref))")
      }
      if console.isJSON { try console.show(reference, in: workspace) }
    }
  }
}

extension EntityReference {
  /// What to type for it later: `@last` will be another one then.
  func typed(_ given: String) -> String {
    switch kind {
    case .run: ShortIDs.one(key.hex)
    case .trace: "trace:" + ShortIDs.one(key.hex)
    default: given
    }
  }
}

extension Workspace {
  /// Nil for what has none.
  fileprivate func lifecycle(of reference: EntityReference) throws -> Lifecycle? {
    switch reference.kind {
    case .run: try run(RunID(reference.key)).lifecycle
    case .experiment: try experiment(ExperimentID(reference.key)).lifecycle
    case .model: try model(ModelID(reference.key)).lifecycle
    case .version: try version(VersionID(reference.key)).lifecycle
    case .loggedModel: try loggedModel(LoggedModelID(reference.key)).lifecycle
    case .trace: try trace(TraceID(reference.key)).lifecycle
    case .config: try config(ConfigID(reference.key)).lifecycle
    case .workspace, .device: nil
    }
  }
}
