import Crypto
import FieldbookModel
import Foundation

/// Inputs of a target as files, each named by its SHA-1, as libFuzzer does.
package enum Corpus {
  /// `Fixtures/fuzz`, found from this file.
  package static let folder: String = {
    let file = URL(fileURLWithPath: #filePath)
    return file.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path + "/Fixtures/fuzz"
  }()

  /// What is committed of a target, by name.
  package static func inputs(_ target: String) throws -> [[UInt8]] {
    let path = folder + "/" + target
    return try FileManager.default.contentsOfDirectory(atPath: path).sorted().map { name in
      Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
    }
  }

  package static func add(_ bytes: [UInt8], to folder: String) throws {
    let name = Hex.encode(Insecure.SHA1.hash(data: bytes))
    try Data(bytes).write(to: URL(fileURLWithPath: folder + "/" + name))
  }
}
