import FieldbookModel

/// One record of a W&B log, as far as it says something of the run.
///
/// Source: W&B's `wandb/proto/wandb_internal.proto`.
package enum WandBRecord: Equatable {
  case run(WandBRun)
  case config([WandBItem])
  case history(step: Int64?, [WandBItem])
  case summary([WandBItem], removed: [[String]])
  /// The exit code.
  case exit(Int64)
  case other

  package init(_ bytes: ArraySlice<UInt8>) throws {
    var found = WandBRecord.other
    try ProtobufReader.fields(of: bytes) { (field) throws(ProtobufFailure) in
      guard let inner = field.value.bytes else { return }
      switch field.number {
      case 2: found = try .init(history: inner)
      case 3: found = try .init(summary: inner)
      case 5: found = .config(try WandBItem.all(in: inner, number: 1))
      case 17: found = .run(try WandBRun(inner))
      case 18: found = try .init(exit: inner)
      default: break
      }
    }
    self = found
  }

  private init(history bytes: ArraySlice<UInt8>) throws(ProtobufFailure) {
    var reader = ProtobufReader(bytes)
    var step: Int64?
    while let field = try reader.next() {
      guard field.number == 2, let inner = field.value.bytes else { continue }
      step = 0
      var reader = ProtobufReader(inner)
      while let field = try reader.next() { if field.number == 1 { step = field.value.signed } }
    }
    self = .history(step: step, try WandBItem.all(in: bytes, number: 1))
  }

  private init(summary bytes: ArraySlice<UInt8>) throws(ProtobufFailure) {
    self = .summary(
      try WandBItem.all(in: bytes, number: 1),
      removed: try WandBItem.all(in: bytes, number: 2).map(\.path))
  }

  private init(exit bytes: ArraySlice<UInt8>) throws(ProtobufFailure) {
    var reader = ProtobufReader(bytes)
    var code: Int64 = 0
    while let field = try reader.next() { if field.number == 1 { code = field.value.signed ?? 0 } }
    self = .exit(code)
  }
}

package struct WandBRun: Equatable {
  package var id = ""
  package var entity = ""
  package var project = ""
  package var group = ""
  package var jobType = ""
  package var name = ""
  package var notes = ""
  package var tags: [String] = []
  package var sweep = ""
  package var host = ""
  /// Milliseconds since 1970.
  package var startTime: Int64?
  package var config: [WandBItem] = []
  package var gitCommit = ""

  init(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) {
    var reader = ProtobufReader(bytes)
    while let field = try reader.next() {
      let text = field.value.text ?? ""
      switch field.number {
      case 1: id = text
      case 2: entity = text
      case 3: project = text
      case 4: config = try WandBItem.all(in: field.value.bytes ?? [], number: 1)
      case 6: group = text
      case 7: jobType = text
      case 8: name = text
      case 9: notes = text
      case 10: tags.append(text)
      case 12: sweep = text
      case 13: host = text
      case 17: startTime = try WandBRun.milliseconds(field.value.bytes ?? [])
      case 21: gitCommit = try WandBRun.commit(field.value.bytes ?? [])
      default: break
      }
    }
  }

  /// `google.protobuf.Timestamp`.
  private static func milliseconds(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) -> Int64 {
    var reader = ProtobufReader(bytes)
    var (seconds, nanos) = (Int64(0), Int64(0))
    while let field = try reader.next() {
      if field.number == 1 { seconds = field.value.signed ?? 0 }
      if field.number == 2 { nanos = field.value.signed ?? 0 }
    }
    return seconds &* 1000 &+ nanos / 1_000_000
  }

  private static func commit(_ bytes: ArraySlice<UInt8>) throws(ProtobufFailure) -> String {
    var reader = ProtobufReader(bytes)
    var commit = ""
    while let field = try reader.next() { if field.number == 2 { commit = field.value.text ?? "" } }
    return commit
  }
}

/// A key, of one part or several, and its value as JSON.
package struct WandBItem: Equatable {
  package var path: [String]
  package var json: String

  /// Of a message whose field of that number is an item.
  static func all(
    in bytes: ArraySlice<UInt8>, number: Int
  ) throws(ProtobufFailure) -> [WandBItem] {
    var reader = ProtobufReader(bytes)
    var items: [WandBItem] = []
    while let field = try reader.next() {
      guard field.number == number, let inner = field.value.bytes else { continue }
      var reader = ProtobufReader(inner)
      var (key, nested, json) = ("", [String](), "")
      while let field = try reader.next() {
        switch field.number {
        case 1: key = field.value.text ?? ""
        case 2: nested.append(field.value.text ?? "")
        case 16: json = field.value.text ?? ""
        default: break
        }
      }
      items.append(WandBItem(path: nested.isEmpty ? [key] : nested, json: json))
    }
    return items
  }

  /// The values in it, one a leaf: tables within are parts of the key, lists are one value. Media and the like, which
  /// are tables with a `_type`, are nil.
  var leaves: [(key: String, value: JSON?)] {
    guard let value = try? JSONParser.parse(Array(json.utf8)) else {
      return [(path.joined(separator: "."), nil)]
    }
    return WandBItem.leaves(path.joined(separator: "."), value)
  }

  private static func leaves(_ key: String, _ value: JSON) -> [(key: String, value: JSON?)] {
    guard case .object(let members) = value else { return [(key, value)] }
    if value["_type"] != nil { return [(key, nil)] }
    return members.flatMap { leaves(key + "." + $0.name, $0.value) }
  }
}
