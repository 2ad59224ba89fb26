import FieldbookModel
import GRDB

extension Store {
  /// - Throws: `SearchFailure` for a filter that does not read.
  package func traceMetrics(_ query: TraceMetricQuery) throws -> [TraceMetricPoint] {
    try read { db in
      let statement = try TraceMetricStatement(query, try SearchGround(db))
      let rows = try Row.fetchAll(db, sql: statement.sql, arguments: statement.arguments)
      return rows.map { query.point($0) }
    }
  }
}

extension TraceMetricQuery {
  fileprivate func point(_ row: Row) -> TraceMetricPoint {
    let first = bucket == nil ? 0 : 1
    let named = first + dimensions.count
    return TraceMetricPoint(
      time: bucket.map { _ in Timestamp(milliseconds: Int64.fromDatabaseValue(row[0]) ?? 0) },
      dimensions: (first..<named).map { row[$0] as String? ?? "" },
      values: (named..<named + summaries.count).map { row[$0] as Double? })
  }
}
