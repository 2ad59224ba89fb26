import Crypto
import FieldbookModel
import Foundation

/// All files of the page as they were at one moment, under a name that says what is in them. A browser never mixes the modules of two
/// builds, and need not ask for them again.
struct PageEdition: Sendable {
  /// The first 16 bytes of the SHA-256 over the names and bytes of all files, in hexadecimal digits.
  let name: String
  private let files: [String: PageFolder.File]
  private let imports: [String: (first: [String], later: [String])]

  static func name(of files: [String: PageFolder.File]) -> String {
    var hash = SHA256()
    for (name, file) in files.sorted(by: { $0.key < $1.key }) {
      hash.update(data: Data("\(name) \(file.bytes.count)\n".utf8))
      hash.update(data: file.bytes)
    }
    return hash.finalize().prefix(16).map { String(format: "%02x", $0) }.joined()
  }

  /// - Parameter files: by the names under which a browser asks for them.
  init(_ files: [String: PageFolder.File]) {
    name = PageEdition.name(of: files)
    self.files = files
    imports = files.mapValues(PageEdition.imports)
    modules = []
    modules = reached(from: PageEdition.first).sorted()
    index = page
  }

  /// By its name, or of the chart library by `lib/NAME`.
  func file(_ name: String) -> PageFolder.File? { files[name] }

  /// The page itself, that asks for the files of this edition and knows which modules each view needs; nil if there is none.
  private(set) var index: PageFolder.File?

  /// The classic scripts that run before all else, in their order.
  var scripts: [String] { PageEdition.early.filter { files[$0] != nil } }

  /// The modules that every view needs.
  private(set) var modules: [String]

  private var page: PageFolder.File? {
    guard var index = files[PageFolder.index] else { return nil }
    var text = String(decoding: index.bytes, as: UTF8.self)
      .replacingOccurrences(
        of: PageEdition.noModules, with: PageEdition.noModules.dropLast() + quoted(later) + "\"")
    for file in files.keys {
      text = text.replacingOccurrences(
        of: "=\"/page/\(file)\"", with: "=\"\(PageEdition.place)\(name)/\(file)\"")
    }
    index.bytes = Array(text.utf8)
    return index
  }

  static let place = "/page/at/"
  private static let noModules = "<meta name=\"modules\" content=\"\""

  private static let first = "app.js"
  private static let early = ["theme.js", "early.js"]

  /// What each module that is imported when it is wanted needs, besides those that every view needs.
  private var later: JSON {
    let wanted = Set(imports.values.flatMap(\.later))
    return .object(
      wanted.sorted().map { name in
        let needed = reached(from: name).subtracting(modules).sorted()
        return JSON.Member(name: name, value: .array(needed.map { .string($0) }))
      })
  }

  /// What a module imports, and what that imports, and so on, itself with it.
  private func reached(from module: String) -> Set<String> {
    var reached: Set<String> = []
    var next = [module]
    while let name = next.popLast() {
      guard let imports = imports[name], reached.insert(name).inserted else { continue }
      next += imports.first
    }
    return reached
  }

  /// Ours read `import { what } from "./name.js";`, and `import("./name.js")` where they are wanted later.
  private static func imports(of file: PageFolder.File) -> (first: [String], later: [String]) {
    guard file.mediaType == PageFolder.moduleType else { return ([], []) }
    let bytes = Data(file.bytes)
    return (names(in: bytes, after: " from \"./"), names(in: bytes, after: "import(\"./"))
  }

  private static func names(in bytes: Data, after mark: String) -> [String] {
    let mark = Data(mark.utf8)
    var names: [String] = []
    var rest = bytes.startIndex..<bytes.endIndex
    while let found = bytes.range(of: mark, in: rest) {
      rest = found.upperBound..<bytes.endIndex
      guard let end = bytes[rest].firstIndex(of: UInt8(ascii: "\"")) else { break }
      names.append(String(decoding: bytes[found.upperBound..<end], as: UTF8.self))
    }
    return names
  }

  /// As the value of an attribute. The names are letters, digits, dots and dashes.
  private func quoted(_ json: JSON) -> String {
    json.text(isIndented: false).replacingOccurrences(of: "\"", with: "&quot;")
  }
}
