import FieldbookModel
import FieldbookWorkspace

/// What the page sends, read and bounded.
struct PageQuestion {
  static let bytesMax = 2 << 20
  static let runsMax = 1000
  static let offsetMax = 1_000_000_000
  static let curvesMax = 200
  static let columnsMax = 4000
  static let comparedMax = 100

  private let json: JSON

  init(_ bytes: [UInt8]) throws {
    json = try JSONParser.parse(bytes.isEmpty ? Array("{}".utf8) : bytes)
    guard case .object = json else { throw PageFailure(.badRequest, "the request is no object") }
  }

  func text(_ name: String) throws -> String? {
    guard let value = json[name] else { return nil }
    guard let text = value.string else { throw PageQuestion.wrong(name, "a text") }
    return text
  }

  /// What was shown when somebody began to write something else; everything if that is not said.
  func known() throws -> Workspace.Known {
    guard case .object(let members) = json, members.contains(where: { $0.name == "seen" }) else {
      return .everything
    }
    return .text(try text("seen"))
  }

  /// Revisions of runs that the page has, by id.
  func revisions(_ name: String) throws -> [String: String] {
    guard let value = json[name] else { return [:] }
    guard case .object(let members) = value, members.count <= PageQuestion.runsMax else {
      throw PageQuestion.wrong(name, "an object of at most \(PageQuestion.runsMax) revisions")
    }
    return Dictionary(members.map { ($0.name, $0.value.string ?? "") }) { $1 }
  }

  func required(_ name: String) throws -> String {
    guard let text = try text(name) else { throw PageQuestion.wrong(name, "a text") }
    return text
  }

  func flag(_ name: String) throws -> Bool {
    guard let value = json[name] else { return false }
    guard case .bool(let flag) = value else { throw PageQuestion.wrong(name, "true or false") }
    return flag
  }

  func integer(_ name: String) throws -> Int64? { try PageQuestion.integer(json[name], name) }

  static func integer(_ value: JSON?, _ name: String) throws -> Int64? {
    switch value {
    case nil, .null: return nil
    case .integer(let number): return number
    default: throw PageQuestion.wrong(name, "a whole number")
    }
  }

  func texts(_ name: String, most: Int) throws -> [String] {
    let texts = try items(name, most: most).map(\.string)
    guard !texts.contains(nil) else { throw PageQuestion.wrong(name, "a list of texts") }
    return texts.compactMap(\.self)
  }

  func items(_ name: String, most: Int) throws -> [JSON] {
    guard let value = json[name] else { return [] }
    guard let items = value.items else { throw PageQuestion.wrong(name, "a list") }
    guard items.count <= most else {
      throw PageFailure(.badRequest, "\(name) has more than \(most) items")
    }
    return items
  }

  static func wrong(_ name: String, _ what: String) -> PageFailure {
    PageFailure(.badRequest, "\(name) has to be \(what)")
  }

  static func run(_ text: String?) throws -> RunID {
    guard let text, let run = RunID(hex: text) else {
      throw PageFailure(.badRequest, "'\(text ?? "")' is no run's id")
    }
    return run
  }
}
