import FieldbookModel
import Foundation

/// One value of an attribute.
struct NeptuneRow {
  var run: NeptuneRun
  var path: String
  var type: String
  var step: Double
  /// Milliseconds since 1970.
  var time: Int64?
  /// By column, without those that are empty.
  var values: [String: String]

  var number: Double? { values["float_value"].flatMap { Double($0) } }

  /// Of an attribute with one value; nil for series and files.
  var single: String? {
    switch type {
    case "float": values["float_value"]
    case "int": values["int_value"].map { $0.hasSuffix(".0") ? String($0.dropLast(2)) : $0 }
    case "string": values["string_value"] ?? ""
    case "bool": values["bool_value"]
    case "datetime": values["datetime_value"]
    case "string_set": values["string_set_value"]
    default: nil
    }
  }
}

struct NeptuneColumns {
  private let path: String
  private let places: [String: Int]
  private static let needed = ["project_id", "run_id", "attribute_path", "attribute_type"]

  init(_ names: [String], path: String) throws {
    self.path = path
    places = Dictionary(
      names.enumerated().map { index, name in
        // A mark of byte order, as spreadsheets put it.
        (name.hasPrefix("\u{feff}") ? String(name.dropFirst()) : name, index)
      }, uniquingKeysWith: { first, _ in first })
    for name in NeptuneColumns.needed where places[name] == nil {
      throw MovingFailure.notA(
        what: "table of Neptune's exporter", path: path, reason: "it has no column '\(name)'")
    }
  }

  func row(_ fields: [String], number: Int) throws -> NeptuneRow {
    guard fields.count == places.count else {
      throw MovingFailure.damaged(
        path: path, reason: "row \(number) has \(fields.count) fields, not \(places.count)")
    }
    let values = places.mapValues { fields[$0] }.filter { !$0.value.isEmpty }
    return NeptuneRow(
      run: NeptuneRun(project: values["project_id"] ?? "", id: values["run_id"] ?? ""),
      path: values["attribute_path"] ?? "", type: values["attribute_type"] ?? "",
      step: values["step"].flatMap { Double($0) } ?? 0,
      time: values["timestamp"].flatMap(NeptuneTime.milliseconds), values: values)
  }
}

/// Times as pandas writes them: `2024-05-01 12:00:00.123000+00:00`, with `T` or a space, with or without fraction and zone.
enum NeptuneTime {
  static func milliseconds(_ text: String) -> Int64? {
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
    guard parts.count == 2 else { return Int64(text) }
    let day = parts[0].split(separator: "-").compactMap { Int64($0) }
    var clock = parts[1]
    if clock.hasSuffix("Z") { clock = clock.dropLast() }
    if clock.hasSuffix("+00:00") { clock = clock.dropLast(6) }
    let time = clock.split(separator: ":")
    guard day.count == 3, time.count == 3, let hour = Int64(time[0]), let minute = Int64(time[1]),
      let second = Double(time[2]), second.isFinite, abs(second) < 100
    else { return nil }
    var date = DateComponents(year: Int(day[0]), month: Int(day[1]), day: Int(day[2]))
    date.timeZone = TimeZone(secondsFromGMT: 0)
    guard let start = Calendar(identifier: .gregorian).date(from: date) else { return nil }
    let whole = Int64(start.timeIntervalSince1970) + hour * 3600 + minute * 60
    return whole * 1000 + Int64((second * 1000).rounded())
  }
}
