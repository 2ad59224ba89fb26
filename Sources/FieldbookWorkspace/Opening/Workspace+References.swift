import FieldbookModel
import FieldbookReplication

extension Workspace {
  /// What a person typed: a run (exact id, unique name, unique beginning of ≥ 4 characters, `@last`, `@last~2`),
  /// `experiment:NAME`, `model:NAME`, `model:NAME@VERSION`, `config:NAME` or `trace:ID`.
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
    } else if text.hasPrefix("config:") {
      key = try config(named: String(text.dropFirst(7))).id.key
    } else if text.hasPrefix("trace:") || text.hasPrefix("tr-") {
      key = try traceID(text).key
    } else {
      key = try runID(text).key
    }
    guard let found = try store.inspect({ try $0.reference(key) }) else {
      throw WorkspaceFailure.notFound(what: "thing", reference: text)
    }
    return found
  }

  /// `trace:ID`, `tr-…` or a beginning of ≥ 4 digits; `trace:@last`, `trace:@last~2`: the newest.
  package func traceID(_ text: String) throws -> TraceID {
    let rest = text.hasPrefix("trace:") ? String(text.dropFirst(6)) : text
    let missing = WorkspaceFailure.notFound(what: "trace", reference: text)
    if rest == "@last" || rest.hasPrefix("@last~") {
      guard let back = rest == "@last" ? 0 : Int(rest.dropFirst(6)), (0..<100_000).contains(back),
        let found = try store.inspect({ try $0.latestTraces(count: back + 1) }).dropFirst(back)
          .first
      else { throw missing }
      return found
    }
    let found = try store.inspect { try $0.traces(matching: rest) }
    guard let first = found.first else { throw missing }
    guard found.count == 1 else {
      throw WorkspaceFailure.ambiguous(
        reference: text, candidates: found.map { String($0.traceText.prefix(15)) })
    }
    return first
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
