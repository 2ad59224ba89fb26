import FieldbookModel
import Foundation
import GRDB

extension Store {
  /// Keys of what matches, in order, and the token of the next page.
  ///
  /// - Parameter manyRuns: with as many, what runs are searched by gets an index for the next time.
  package func search(_ search: Search, manyRuns: Int = SearchIndexes.manyRuns) throws
    -> (keys: [EntityKey], next: String?)
  {
    let offset = try PageToken.offset(search.pageToken)
    let limit = max(0, min(search.limit, 200_000))
    let expression =
      search.subject == .traces
      ? try TraceSearchParser.parse(search.filter, isExtended: search.isExtended)
      : try SearchParser.parse(
        search.filter, subject: search.subject, isExtended: search.isExtended)
    var missing: [IndexedField] = []
    var keys = try read { db in
      let ground = try SearchGround(db)
      let query = try SearchQuery(search, expression, ground)
      missing = query.indexable.filter { !ground.isIndexed($0) }
      if try missing.isEmpty || !SearchIndexes.isWorthIt(db, from: manyRuns) { missing = [] }
      do {
        return try query.keys(db, offset: offset, limit: limit + 1)
      } catch let error as DatabaseError where error.message == SearchPattern.tooCostly {
        throw SearchFailure.malformed("Invalid filter: " + SearchPattern.tooCostly)
      } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR && ground.hasAny {
        assertionFailure("SQLite finds no way along an index: \(error)")
        return try SearchQuery(search, expression, ground.withoutIndexes)
          .keys(db, offset: offset, limit: limit + 1)
      }
    }
    if !missing.isEmpty { index(missing) }
    guard keys.count > limit else { return (keys, nil) }
    keys.removeLast()
    return (keys, PageToken.token(offset: offset + limit))
  }

  /// How many things match, on all pages.
  package func count(_ search: Search) throws -> Int {
    let expression = try SearchParser.parse(
      search.filter, subject: search.subject, isExtended: search.isExtended)
    return try read { db in
      let ground = try SearchGround(db).withoutIndexes
      return try SearchQuery(search, expression, ground).count(db)
    }
  }

  /// Some time later; a replica that cannot be written now is searched as it is.
  private func index(_ fields: [IndexedField]) {
    guard !isLookedAt else { return }
    let fields = Array(Set(fields).prefix(SearchIndexes.most))
    pool.asyncWriteWithoutTransaction { db in try? SearchIndexes.make(fields, db) }
  }
}

/// A search as SQL, without its order's ways.
struct SearchQuery {
  private let table: String
  private let key: String
  private let condition: String
  private let arguments: [(any DatabaseValueConvertible)?]
  private let order: SearchOrder
  private let isNarrow: Bool
  /// Fields that an index would find.
  let indexable: [IndexedField]

  init(_ search: Search, _ expression: SearchExpression, _ ground: SearchGround) throws {
    var compiler = SearchCompiler(search.subject, ground)
    condition = try compiler.conditions(of: search, expression)
    order = try compiler.order(search.orderBy, isExtended: search.isExtended)
    table = SearchCompiler.table(search.subject)
    key = [.runs, .traces].contains(search.subject) ? SearchCompiler.key : "t.key"
    (arguments, isNarrow, indexable) = (compiler.arguments, compiler.isNarrow, compiler.indexable)
  }

  /// Deeper pages are no longer walked to.
  private static let walked = 2000

  func keys(_ db: Database, offset: Int, limit: Int) throws -> [EntityKey] {
    guard !isNarrow, order.leading != nil, offset + limit <= SearchQuery.walked else {
      return try part(db, ("\(table) t", "1", order.text), limit: limit, offset: offset)
    }
    var keys: [EntityKey] = []
    for way in order.ways where keys.count < offset + limit {
      keys += try part(db, way, limit: offset + limit - keys.count, offset: 0)
    }
    return Array(keys.dropFirst(offset))
  }

  func count(_ db: Database) throws -> Int {
    do {
      return try Int.fetchOne(
        db, sql: "SELECT count(*) FROM \(table) t WHERE \(condition)",
        arguments: StatementArguments(arguments)) ?? 0
    } catch let error as DatabaseError where error.message == SearchPattern.tooCostly {
      throw SearchFailure.malformed("Invalid filter: " + SearchPattern.tooCostly)
    }
  }

  private func part(
    _ db: Database, _ way: (from: String, condition: String, order: String), limit: Int, offset: Int
  ) throws -> [EntityKey] {
    let sql = """
      SELECT \(key) FROM \(way.from)
      WHERE \(condition) AND \(way.condition) ORDER BY \(way.order) LIMIT ? OFFSET ?
      """
    return try String.fetchAll(
      db, sql: sql, arguments: StatementArguments(arguments + [limit, offset])
    ).compactMap { EntityKey(hex: $0) }
  }
}

/// Where a list goes on. Opaque to clients.
package enum PageToken {
  package static func token(offset: Int) -> String {
    Data("1:\(offset)".utf8).base64EncodedString()
  }

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
