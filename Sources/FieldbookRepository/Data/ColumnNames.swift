import Foundation

/// The names of columns at the head of a CSV file, if they are plainly names. Source of the form: RFC 4180.
///
/// A first line that may be a row of data is none: rows are not to be written into the log.
package enum ColumnNames {
  private static let bytesMax = 64 << 10
  private static let columnsMax = 1000
  private static let characters = 200

  /// Nil for files that are not called CSV or TSV.
  static func ofFile(_ path: String) -> [String]? {
    let name = path.lowercased()
    guard name.hasSuffix(".csv") || name.hasSuffix(".tsv"),
      let file = FileHandle(forReadingAtPath: path),
      let data = try? file.read(upToCount: bytesMax)
    else { return nil }
    return read(Array(data), isTabbed: name.hasSuffix(".tsv"))
  }

  /// - Parameter bytes: the beginning of a file; a header that does not end in it is none.
  package static func read(_ bytes: [UInt8], isTabbed: Bool) -> [String]? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let text = bytes.starts(with: mark) ? bytes.dropFirst(3) : bytes[...]
    if isTabbed { return names(text, separator: UInt8(ascii: "\t")) }
    let byComma = names(text, separator: UInt8(ascii: ","))
    if let byComma, byComma.count > 1 { return byComma }
    let bySemicolon = names(text, separator: UInt8(ascii: ";"))
    return (bySemicolon?.count ?? 0) > 1 ? bySemicolon : byComma
  }

  private static func names(_ bytes: ArraySlice<UInt8>, separator: UInt8) -> [String]? {
    guard let fields = fields(bytes, separator), fields.count <= columnsMax else { return nil }
    var names: [String] = []
    for field in fields {
      guard let name = String(validating: field, as: UTF8.self), isName(name) else { return nil }
      names.append(name)
    }
    return Set(names).count == names.count ? names : nil
  }

  private static func isName(_ text: String) -> Bool {
    let text = text.trimmingCharacters(in: .whitespaces)
    return !text.isEmpty && Double(text) == nil && text.count <= characters
      && text.contains(where: \.isLetter) && text.first?.isNumber == false
      && !text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 }
  }

  /// Of the first record; nil if it does not end.
  private static func fields(_ bytes: ArraySlice<UInt8>, _ separator: UInt8) -> [[UInt8]]? {
    let quote = UInt8(ascii: "\"")
    var fields: [[UInt8]] = [[]]
    var isQuoted = false
    var place = bytes.startIndex
    while place < bytes.endIndex {
      let byte = bytes[place]
      place += 1
      if isQuoted {
        if byte != quote {
          fields[fields.count - 1].append(byte)
        } else if place < bytes.endIndex, bytes[place] == quote {
          fields[fields.count - 1].append(quote)
          place += 1
        } else {
          isQuoted = false
        }
      } else if byte == quote, fields[fields.count - 1].isEmpty {
        isQuoted = true
      } else if byte == separator {
        guard fields.count <= columnsMax else { return nil }
        fields.append([])
      } else if byte == UInt8(ascii: "\n") {
        if fields[fields.count - 1].last == UInt8(ascii: "\r") {
          fields[fields.count - 1].removeLast()
        }
        return fields
      } else {
        fields[fields.count - 1].append(byte)
      }
    }
    return nil
  }
}
