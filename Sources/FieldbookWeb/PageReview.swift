import FieldbookDocuments
import FieldbookModel
import FieldbookWorkspace

/// Conflicts, in the order and the words of `fieldbook conflicts`.
extension PageLooking {
  func conflicts() throws -> JSON {
    // As the command line does first: edits of configs that do not touch are nothing to decide.
    if !isOfHub { workspace.mergeConfigsIfAble() }
    return ["conflicts": .array(try workspace.conflicts().map(\.json))]
  }

  func conflict(_ id: String) throws -> JSON {
    let conflict = try workspace.conflict(id)
    return conflict.document(ConflictMerge(conflict, in: workspace))
  }

  /// - Throws: `PageFailure` with 409 where the conflict is not what it was when it was looked at.
  func resolve(_ id: String, _ question: PageQuestion) throws -> JSON {
    let conflict: Conflict
    do { conflict = try workspace.conflict(id) } catch WorkspaceFailure.notFound {
      throw PageFailure(
        .conflict, "this conflict is not open any more: somebody decided it, or another side came",
        hint: "look at what is open now")
    }
    let (taken, op) = try workspace.resolve(conflict, try resolution(of: conflict, question))
    if conflict.entity.kind == .config { _ = try? workspace.refreshConfigBranch() }
    return [
      "resolved": ["id": .string(conflict.id), "taken": .optional(taken), "op": .string(op)],
      "undo": .string(op),
    ]
  }

  private func resolution(of conflict: Conflict, _ question: PageQuestion) throws
    -> Workspace.Resolution
  {
    if let side = try question.text("take") { return .take(side) }
    if try question.flag("base") { return .base }
    if try question.flag("merge") {
      guard let merge = ConflictMerge(conflict, in: workspace) else {
        throw MergeFailure.notTexts
      }
      guard merge.isClean else { throw MergeFailure.overlap }
      return .value(merge.text)
    }
    if let text = try question.text("edit") {
      guard !ConflictMerge.hasMarkers(text) else {
        throw PageFailure(.badRequest, "a conflict marker is left in the text")
      }
      return .value(try checked(text, conflict))
    }
    guard let value = try question.text("value") else {
      throw PageFailure(.badRequest, "say one of take, base, merge, edit and value")
    }
    return .value(try checked(value, conflict))
  }

  private func checked(_ text: String, _ conflict: Conflict) throws -> String {
    guard conflict.takesAnyValue else { throw MergeFailure.notTexts }
    if conflict.isConfigText { try ConfigText.check(text, name: conflict.entity.name) }
    return text
  }

  func undo(_ question: PageQuestion) throws -> JSON {
    let op = try question.required("op")
    let new = try workspace.undo(op)
    _ = try? workspace.refreshConfigBranch()
    return ["undone": .string(op), "op": .string(new)]
  }
}
