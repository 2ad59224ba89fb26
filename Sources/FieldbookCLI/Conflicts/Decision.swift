import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

/// A conflict that was just decided.
struct Decision {
  var conflict: Conflict
  /// Letter of the side taken; nil for anything else.
  var taken: String?
  var op: String

  static func make(
    _ conflict: Conflict, _ resolution: Workspace.Resolution, _ workspace: Workspace
  ) throws -> Decision {
    let (taken, op) = try workspace.resolve(conflict, resolution)
    workspace.refreshConfigBranch(after: conflict.entity)
    return Decision(conflict: conflict, taken: taken, op: op)
  }

  static func merged(_ conflict: Conflict, _ workspace: Workspace) throws -> Decision {
    switch ConflictMerge(conflict, in: workspace) {
    case .clean(let text): return try make(conflict, .value(text), workspace)
    case .overlapping: throw MergeFailure.overlap
    case nil: throw MergeFailure.notTexts
    }
  }

  /// Starts from the merge, else from the value shown.
  static func edited(
    _ conflict: Conflict, _ workspace: Workspace, variables: [String: String]
  ) throws -> Decision {
    guard conflict.takesAnyValue else { throw MergeFailure.notTexts }
    let merge = ConflictMerge(conflict, in: workspace)
    let draft = merge?.text ?? conflict.shown ?? ""
    var text = try Editor.edit(
      draft, variables: variables, ending: conflict.fileEnding,
      accepts: { !ConflictMerge.hasMarkers($0) },
      check: { text in
        guard conflict.isConfigText else { return }
        try ConfigText.check(text, name: conflict.entity.name)
      })
    // A merge without overlaps may be taken as it is; anything else that was left alone decides nothing.
    guard merge?.isClean == true || text != draft else { throw EditorFailure.untouched }
    // Editors end a file with a line break; the text had none unless it was there before.
    while text.hasSuffix("\n"), !draft.hasSuffix("\n") { text.removeLast() }
    return try make(conflict, .value(text), workspace)
  }

  var json: JSON {
    ["id": .string(conflict.id), "taken": .optional(taken), "op": .string(op)]
  }

  var phrase: Phrase {
    let side = conflict.sides.first { $0.letter == taken }
    let how = side.map { "took side \($0.letter) of \($0.device)" } ?? "decided"
    return Phrase("\(how): ") + conflict.entity.phrase + Phrase("  \(conflict.fieldWords)")
  }
}
