import FieldbookModel
import FieldbookRepository

/// Names in the archive: those that things have, where a person's disk can have them too, and each once.
struct ArchivePlaces {
  private var taken: Set<String> = []

  /// A name that is not UTF-8, or has characters that archives and disks fall over, is told in others: `\x0a` as `%0a`.
  mutating func place(_ path: [UInt8], below folder: String = "") -> String {
    var text = String(validating: path, as: UTF8.self) ?? ""
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 && $0 != "\\" }
    if text.isEmpty || !isPlain {
      text = path.map { byte in
        byte > 32 && byte < 127 && byte != UInt8(ascii: "\\") && byte != UInt8(ascii: "%")
          ? String(UnicodeScalar(byte)) : "%" + Hex.encode([byte])
      }.joined()
    }
    return unique(folder + text)
  }

  mutating func unique(_ name: String) -> String {
    var place = name
    var number = 2
    while !taken.insert(place).inserted {
      place = name + "~\(number)"
      number += 1
    }
    return place
  }
}
