import FieldbookModel
import FieldbookWorkspace

extension PageLooking {
  /// One change of one run. Returns the run as it is then. With `seen`, what was shown when the person began to write: what
  /// others wrote since is not overwritten, and both are a conflict.
  func change(_ run: RunID, _ question: PageQuestion) throws -> JSON {
    let action = try question.required("action")
    let value = try question.text("value")
    func given() throws -> String {
      guard let value, !value.isEmpty else { throw PageFailure(.badRequest, "there is no value") }
      return value
    }
    let known = try question.known()
    switch action {
    case "describe":
      let text = value.flatMap { $0.isEmpty ? nil : $0 }
      try workspace.setDescription(run.key, text, knowing: known, durability: .person)
    case "tag":
      let key = try EntryKey(question.required("key"))
      try workspace.setTag(run.key, key, value ?? "", knowing: known, durability: .person)
    case "untag":
      let key = try EntryKey(question.required("key"))
      guard try workspace.run(run).tags[key.text] != nil else {
        throw WorkspaceFailure.notFound(what: "tag", reference: key.text)
      }
      try workspace.setTag(run.key, key, nil, knowing: known, durability: .person)
    case "label": try workspace.addLabels(run, [given()])
    case "unlabel": try workspace.removeLabels(run, [given()])
    case "comment": try workspace.addComment(run, given())
    case "rename": try workspace.rename(run.key, to: given(), knowing: known, durability: .person)
    case "delete": try workspace.delete(run.key, durability: .person)
    case "restore": try workspace.restore(run.key, durability: .person)
    default: throw PageFailure(.badRequest, "there is no action '\(action)'")
    }
    return try self.run(run)
  }
}
