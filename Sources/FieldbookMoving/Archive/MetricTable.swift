import FieldbookModel

/// Points as a table in a text file: metric, step, time in milliseconds since 1970, value. RFC 4180 with bare line feeds.
package enum MetricTable {
  package static let head = "metric,step,time_ms,value\n"
  private static let columns = ["metric", "step", "time_ms", "value"]

  package static func append(_ series: MetricSeries, to out: inout [UInt8]) {
    let key = Array(field(series.key).utf8)
    for point in series.points {
      out += key
      out += Array(",\(point.step),\(point.timestamp),\(text(point.value))\n".utf8)
    }
  }

  /// In quotes where it holds what would end it.
  package static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 }) else {
      return text
    }
    return "\"" + text.replacing("\"", with: "\"\"") + "\""
  }

  /// The shortest digits that read back as the same number; a NaN of other bits than the usual ones with them.
  private static func text(_ value: Double) -> String {
    if value.isNaN {
      let bits = value.bitPattern
      return bits == Double.nan.bitPattern ? "NaN" : "NaN:" + String(bits, radix: 16)
    }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return value.description
  }

  private static func number(_ text: String) -> Double? {
    switch text {
    case "NaN": return .nan
    case "Infinity": return .infinity
    case "-Infinity": return -.infinity
    default: break
    }
    if text.hasPrefix("NaN:") {
      let value = UInt64(text.dropFirst(4), radix: 16).map(Double.init(bitPattern:))
      return value.flatMap { $0.isNaN ? $0 : nil }
    }
    guard let value = Double(text), value.isFinite, text.utf8.first != UInt8(ascii: "+") else {
      return nil
    }
    return value
  }

  private static let batch = 50_000

  /// Reads the rows in turn.
  ///
  /// - Parameters:
  ///   - path: for messages.
  ///   - more: gives the bytes piece by piece; an empty one is the end.
  ///   - body: given points of one metric, as they follow each other.
  /// - Throws: `MovingFailure.damaged` for a row that is none.
  package static func read(
    path: String, more: @escaping () throws -> ArraySlice<UInt8>,
    _ body: (MetricSeries) throws -> Void
  ) throws {
    let rows = CSVRows(path: path, more: more)
    guard try rows.row() == columns else {
      throw MovingFailure.damaged(path: path, reason: "metrics.csv has other columns")
    }
    var series = MetricSeries(key: "", points: [])
    while let row = try rows.row() {
      guard row.count == 4, !row[0].isEmpty, let step = Int64(row[1]), let time = Int64(row[2]),
        let value = number(row[3])
      else {
        throw MovingFailure.damaged(
          path: path, reason: "row \(rows.count) of metrics.csv is no point")
      }
      let isSame = row[0].utf8.elementsEqual(series.key.utf8)
      if !isSame || series.points.count >= batch {
        if !series.points.isEmpty { try body(series) }
        series = MetricSeries(key: row[0], points: [])
      }
      series.points.append(MetricPoint(step: step, timestamp: time, value: value))
    }
    if !series.points.isEmpty { try body(series) }
  }
}
