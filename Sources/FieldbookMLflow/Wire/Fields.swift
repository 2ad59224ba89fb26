import FieldbookModel

/// What a request asks with: the members of its JSON body, or its query.
///
/// Null and absent are the same. The texts of the errors are those that MLflow's server answers
/// with, because clients and their tests read them.
struct Fields: Sendable {
  private let members: JSON
  /// Of a query: all values of each name.
  private var repeated: [String: [String]]?
  /// Of an entry of a list: the list's name and the entry's number.
  private var place: (list: String, index: Int)?

  /// `body` nil, or not an object: no fields.
  init(body: JSON?) { members = body ?? .null }

  init(query: [(name: String, value: String)]) {
    // Of several with one name the first counts.
    members = .object(query.reversed().map { JSON.Member(name: $0.name, value: .string($0.value)) })
    repeated = Dictionary(grouping: query, by: \.name).mapValues { $0.map(\.value) }
  }

  private init(members: JSON, place: (list: String, index: Int)?) {
    self.members = members
    self.place = place
  }

  /// What messages put before the name of a field: `metrics[3].`, or nothing.
  var prefix: String { place.map { "\($0.list)[\($0.index)]." } ?? "" }

  subscript(name: String) -> JSON? { members[name] }

  /// Protobuf's JSON has a second spelling of each name; told both ways, what is meant is not known.
  func checkSpelling() throws(MLflowError) {
    guard case .object(let members) = members else { return }
    let camels = Set(
      members.lazy.map(\.name).filter { $0.utf8.contains { (65...90).contains($0) } })
    guard !camels.isEmpty else { return }
    for name in members.lazy.map(\.name) where name.contains("_") {
      let words = name.split(separator: "_")
      let camel =
        words.prefix(1).joined()
        + words.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
      guard !camels.contains(camel) else {
        throw .invalid(
          "Request specifies both '\(name)' and '\(camel)'; provide only one of them.")
      }
    }
  }

  func text(_ name: String) throws(MLflowError) -> String? {
    guard let value = members[name] else { return nil }
    guard let text = value.string else { throw wrongType(name, value) }
    return text
  }

  /// Not empty either: an absent string and an empty one are the same to MLflow.
  func requiredText(_ name: String) throws(MLflowError) -> String {
    guard let text = try text(name), !text.isEmpty else { throw missing(name) }
    return text
  }

  /// Old clients say `run_uuid`.
  func runText() throws(MLflowError) -> String {
    if let text = try text("run_id") {
      guard !text.isEmpty else { throw missing("run_id") }
      return text
    }
    if let text = try text("run_uuid"), !text.isEmpty { return text }
    throw missing("run_id")
  }

  func integer(_ name: String) throws(MLflowError) -> Int64? {
    guard let value = members[name] else { return nil }
    guard let integer = Fields.integer(value) else { throw wrongType(name, value) }
    return integer
  }

  func requiredInteger(_ name: String) throws(MLflowError) -> Int64 {
    guard let integer = try integer(name) else { throw missing(name) }
    return integer
  }

  func requiredNumber(_ name: String) throws(MLflowError) -> Double {
    guard let value = members[name] else { throw missing(name) }
    guard let number = Fields.number(value) else { throw wrongType(name, value) }
    return number
  }

  /// A query has `True` and `False`, as Python prints them.
  func flag(_ name: String) throws(MLflowError) -> Bool? {
    guard let value = members[name] else { return nil }
    switch value {
    case .bool(let flag): return flag
    case .string(let text) where repeated != nil && text.lowercased() == "true": return true
    case .string(let text) where repeated != nil && text.lowercased() == "false": return false
    case .string(let text) where repeated != nil:
      throw .invalid("Invalid boolean value: \(text), must be 'true' or 'false'.")
    default: throw wrongType(name, value)
    }
  }

  func texts(_ name: String) throws(MLflowError) -> [String] {
    if let repeated { return repeated[name] ?? [] }
    guard let value = members[name] else { return [] }
    guard let items = value.items else { throw wrongType(name, value) }
    var texts: [String] = []
    for item in items {
      guard let text = item.string else { throw wrongType(name, value) }
      texts.append(text)
    }
    return texts
  }

  /// The objects of a list, each as fields.
  func list(_ name: String) throws(MLflowError) -> [Fields] {
    guard let value = members[name] else { return [] }
    guard let items = value.items else { throw wrongType(name, value) }
    var list: [Fields] = []
    list.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      guard case .object = item else { throw wrongType(name, value) }
      list.append(Fields(members: item, place: (name, index)))
    }
    return list
  }

  func object(_ name: String) throws(MLflowError) -> Fields? {
    guard let value = members[name] else { return nil }
    guard case .object = value else { throw wrongType(name, value) }
    return Fields(members: value, place: nil)
  }

  /// `{key, value}` objects; an absent value is an empty one.
  ///
  /// - Parameter wantsKeys: whether an absent key is said to be missing; else it is an empty one.
  func pairs(
    _ name: String, wantsKeys: Bool = true
  ) throws(MLflowError) -> [(key: String, value: String)] {
    var pairs: [(key: String, value: String)] = []
    for entry in try list(name) {
      let key = wantsKeys ? try entry.requiredText("key") : try entry.text("key") ?? ""
      pairs.append((key, try entry.text("value") ?? ""))
    }
    return pairs
  }

  /// 64-bit integers may come as strings, and as doubles without a fraction.
  static func integer(_ value: JSON) -> Int64? {
    switch value {
    case .integer(let integer): integer
    case .number(let number): Int64(exactly: number)
    case .string(let text): Int64(text)
    default: nil
    }
  }

  static func number(_ value: JSON) -> Double? {
    switch value {
    case .integer(let integer): Double(integer)
    case .number(let number): number
    case .bool(let flag): flag ? 1 : 0
    case .string("NaN"): .nan
    case .string("Infinity"): .infinity
    case .string("-Infinity"): -.infinity
    case .string(let text): plainNumber(text)
    default: nil
    }
  }

  /// Decimal digits only: `Double` alone would take `0x1p3`, `inf` and `nan(7)` as well.
  private static func plainNumber(_ text: String) -> Double? {
    let isPlain = text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        true
      default: false
      }
    }
    return isPlain ? Double(text) : nil
  }

  /// What MLflow adds where a parameter is wrong.
  static let advice = " See the API docs for more information about request parameters."

  func missing(_ name: String) -> MLflowError { Fields.missing(prefix + name) }

  func wrongType(_ name: String, _ value: JSON) -> MLflowError {
    Fields.wrongType(prefix + name, value)
  }

  static func missing(_ name: String) -> MLflowError {
    .invalid("Missing value for required parameter '\(name)'." + advice)
  }

  static func wrongType(_ name: String, _ value: JSON) -> MLflowError {
    .invalid(
      invalidValue(name, value, " Hint: Value was of type '\(value.pythonType)'.") + advice)
  }

  /// `Invalid value 123 for parameter 'name' supplied: …`
  static func invalidValue(_ name: String, _ value: JSON, _ reason: String? = nil) -> String {
    "Invalid value \(value.asciiText) for parameter '\(name)' supplied"
      + (reason.map { ": " + $0 } ?? ".")
  }
}
