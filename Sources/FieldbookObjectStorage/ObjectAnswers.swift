import FieldbookRepository
import Foundation
import FoundationXML

/// A page of a list of objects. Source: Amazon S3 API Reference, `ListObjectsV2`.
package struct ObjectPage: Equatable, Sendable {
  package var entries: [BucketEntry] = []
  /// What asks for the next page; nil if this is the last.
  package var next: String?

  package static let entriesMax = 10_000

  /// Nil for what is no such page, or has more than was asked for.
  package init?(_ bytes: [UInt8]) {
    guard let tree = BoundedXML.read(bytes, top: "ListBucketResult") else { return nil }
    var isTruncated = false
    for field in tree.fields {
      switch field.path {
      case ["IsTruncated"]: isTruncated = field.text == "true"
      case ["NextContinuationToken"]: next = field.text
      case ["Contents"]:
        guard let size = field.members["Size"].flatMap({ Int64($0) }), size >= 0,
          let key = field.members["Key"], entries.count < ObjectPage.entriesMax
        else { return nil }
        entries.append(BucketEntry(key: key, byteCount: size))
      default: continue
      }
    }
    if !isTruncated { next = nil } else if next?.isEmpty != false { return nil }
  }
}

/// What a storage says when it refuses. Source: Amazon S3 API Reference, "Error Responses".
package struct ObjectError: Equatable, Sendable {
  package var code: String
  package var message: String
  /// Where the bucket is, for those who asked elsewhere.
  package var region: String?

  /// Nil for anything else: a proxy's page, nothing.
  package init?(_ bytes: [UInt8]) {
    guard let tree = BoundedXML.read(bytes, top: "Error") else { return nil }
    func text(_ name: String) -> String? { tree.fields.first { $0.path == [name] }?.text }
    guard let code = text("Code"), !code.isEmpty else { return nil }
    self.code = ObjectError.plain(code, 60)
    message = ObjectError.plain(text("Message") ?? "", 200)
    region = text("Region").map { ObjectError.plain($0, 60) }
  }

  /// Printable ASCII in one line: it is shown on a terminal.
  static func plain(_ text: String, _ count: Int) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.prefix(count).map { (0x20..<0x7f).contains($0.value) ? $0 : "?" }))
  }
}

/// The shallow XML of a storage's answers: elements below the top one, and those below them.
struct BoundedXML {
  struct Field {
    var path: [String]
    var text: String
    /// Of elements one deeper, the last of each name.
    var members: [String: String] = [:]
  }

  private(set) var fields: [Field] = []

  static let bytesMax = 8 << 20
  private static let textMax = 4096
  private static let depthMax = 8
  private static let fieldsMax = 20_000

  /// Nil for what does not read, is too much, or declares types and entities of its own.
  static func read(_ bytes: [UInt8], top: String) -> BoundedXML? {
    guard !bytes.isEmpty, bytes.count <= bytesMax,
      Data(bytes).range(of: Data("<!DOCTYPE".utf8)) == nil,
      Data(bytes).range(of: Data("<!ENTITY".utf8)) == nil
    else { return nil }
    let parser = XMLParser(data: Data(bytes))
    parser.shouldResolveExternalEntities = false
    let reader = Reader(top: top)
    parser.delegate = reader
    guard parser.parse(), !reader.isRefused, reader.isWhole else { return nil }
    return BoundedXML(fields: reader.fields)
  }

  private final class Reader: NSObject, XMLParserDelegate {
    let top: String
    var fields: [Field] = []
    var isRefused = false
    private var hasTop = false
    /// The top element has ended, and all that began in it before.
    var isWhole: Bool { hasTop && path.isEmpty }
    private var path: [String] = []
    private var text = ""

    init(top: String) { self.top = top }

    private func refuse(_ parser: XMLParser) {
      isRefused = true
      parser.abortParsing()
    }

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
      qualifiedName: String?, attributes: [String: String]
    ) {
      if path.isEmpty {
        guard name == top, !hasTop else { return refuse(parser) }
        hasTop = true
      }
      path.append(name)
      text = ""
      guard path.count <= BoundedXML.depthMax, fields.count < BoundedXML.fieldsMax else {
        return refuse(parser)
      }
      if path.count == 2 { fields.append(Field(path: [name], text: "")) }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
      guard path.count == 2 || path.count == 3 else { return }
      text += string
      if text.utf8.count > BoundedXML.textMax { refuse(parser) }
    }

    func parser(
      _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
      qualifiedName: String?
    ) {
      guard path.last == name else { return refuse(parser) }
      if path.count == 2, !fields.isEmpty, fields[fields.count - 1].members.isEmpty {
        fields[fields.count - 1].text = text
      } else if path.count == 3, !fields.isEmpty {
        fields[fields.count - 1].members[name] = text
      }
      path.removeLast()
      text = ""
    }
  }
}
