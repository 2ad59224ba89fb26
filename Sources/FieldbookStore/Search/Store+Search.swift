import FieldbookModel
import Foundation
import GRDB

extension Store {
  /// Keys of what matches, in order, and the token of the next page.
  package func search(_ search: Search) throws -> (keys: [EntityKey], next: String?) {
    let offset = try PageToken.offset(search.pageToken)
    let expression = try SearchParser.parse(
      search.filter, subject: search.subject, isExtended: search.isExtended)
    var compiler = SearchCompiler(search.subject)
    var conditions = [compiler.condition(expression)]
    if let lifecycle = search.lifecycle {
      conditions.append("t.lifecycle = ?")
      compiler.bind(lifecycle.rawValue)
    }
    if search.subject == .models, !search.filter.contains("mlflow.prompt.is_prompt") {
      conditions.append(
        "NOT EXISTS (SELECT 1 FROM register r JOIN field f ON f.id = r.field WHERE r.entity = t.id AND f.name = 'tags.mlflow.prompt.is_prompt' AND r.value = 'true')"
      )
    }
    if let experiments = search.experiments {
      let marks = Array(repeating: "?", count: experiments.count).joined(separator: ", ")
      conditions.append("t.experiment IN (SELECT id FROM experiment WHERE key IN (\(marks)))")
      for experiment in experiments { compiler.bind(experiment.hex) }
    }
    let order = try compiler.order(search.orderBy)
    let limit = max(0, min(search.limit, 200_000))
    compiler.bind(limit + 1)
    compiler.bind(offset)
    let sql = """
      SELECT \(search.subject == .runs ? SearchCompiler.key : "t.key")
      FROM \(SearchCompiler.table(search.subject)) t
      WHERE \(conditions.joined(separator: " AND ")) ORDER BY \(order) LIMIT ? OFFSET ?
      """
    let arguments = StatementArguments(compiler.arguments)
    var keys = try read { db in
      try String.fetchAll(db, sql: sql, arguments: arguments).compactMap { EntityKey(hex: $0) }
    }
    guard keys.count > limit else { return (keys, nil) }
    keys.removeLast()
    return (keys, PageToken.token(offset: offset + limit))
  }
}

/// Where a list goes on. Opaque to clients.
enum PageToken {
  static func token(offset: Int) -> String { Data("1:\(offset)".utf8).base64EncodedString() }

  static func offset(_ token: String?) throws(SearchFailure) -> Int {
    guard let token, !token.isEmpty else { return 0 }
    guard token.utf8.count < 64, let data = Data(base64Encoded: token) else { throw .badToken }
    let parts = String(decoding: data, as: UTF8.self).split(separator: ":")
    guard parts.count == 2, parts[0] == "1", let offset = Int(parts[1]),
      (0..<1 << 40).contains(offset)
    else { throw .badToken }
    return offset
  }
}
