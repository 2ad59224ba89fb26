import FieldbookModel
import FieldbookReplication

extension Workspace {
  /// What a person typed: a run (exact id, unique name, unique beginning of ≥ 4 characters, `@last`, `@last~2`),
  /// `experiment:NAME`, `model:NAME` or `model:NAME@VERSION`.
  package func reference(_ text: String) throws -> EntityReference {
    let key: EntityKey
    if text.hasPrefix("experiment:") {
      key = try experiment(named: String(text.dropFirst(11))).id.key
    } else if text.hasPrefix("model:") {
      let rest = text.dropFirst(6)
      if let at = rest.lastIndex(of: "@") {
        let model = try model(named: String(rest[..<at]))
        key = try version(of: model.id, reference: String(rest[rest.index(after: at)...])).id.key
      } else {
        key = try model(named: String(rest)).id.key
      }
    } else {
      key = try runID(text).key
    }
    guard let found = try store.inspect({ try $0.reference(key) }) else {
      throw WorkspaceFailure.notFound(what: "thing", reference: text)
    }
    return found
  }

  package func runID(_ text: String) throws -> RunID {
    if text == "@last" || text.hasPrefix("@last~") {
      guard let back = text == "@last" ? 0 : Int(text.dropFirst(6)), back >= 0, back < 100_000
      else {
        throw WorkspaceFailure.notFound(what: "run", reference: text)
      }
      let latest = try latestRuns(count: back + 1)
      guard latest.count > back else {
        throw WorkspaceFailure.notFound(what: "run", reference: text)
      }
      return latest[back]
    }
    let found = try store.inspect { try $0.runs(matching: text) }
    guard let first = found.first else {
      throw WorkspaceFailure.notFound(what: "run", reference: text)
    }
    guard found.count == 1 else {
      throw WorkspaceFailure.ambiguous(
        reference: text, candidates: found.map { String($0.hex.prefix(12)) })
    }
    return first
  }
}
