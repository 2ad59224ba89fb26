import FieldbookModel
import Foundation

/// A path below a folder, as the filesystem and git have it: bytes, which need not be UTF-8, with `/` between names.
package struct TreePath: Hashable, Comparable, Sendable {
  package let bytes: [UInt8]

  package init(bytes: [UInt8]) { self.bytes = bytes }
  package init(_ text: String) { bytes = Array(text.utf8) }

  init(_ pointer: UnsafePointer<CChar>) {
    bytes = Array(UnsafeBufferPointer(start: pointer, count: strlen(pointer))).map {
      UInt8(bitPattern: $0)
    }
  }

  package var name: ArraySlice<UInt8> {
    bytes.lastIndex(of: TreePath.slash).map { bytes[($0 + 1)...] } ?? bytes[...]
  }
  /// Nil at the top.
  package var folder: TreePath? {
    bytes.lastIndex(of: TreePath.slash).map { TreePath(bytes: Array(bytes[..<$0])) }
  }
  package var names: [ArraySlice<UInt8>] {
    bytes.split(separator: TreePath.slash, omittingEmptySubsequences: false)
  }

  package func appending(_ name: some Sequence<UInt8>) -> TreePath {
    TreePath(bytes: bytes.isEmpty ? Array(name) : bytes + [TreePath.slash] + name)
  }

  package func isBelow(_ folder: TreePath) -> Bool {
    bytes.count > folder.bytes.count && bytes[folder.bytes.count] == TreePath.slash
      && bytes.starts(with: folder.bytes)
  }

  /// Nil if it is no UTF-8.
  package var exactText: String? { String(validating: bytes, as: UTF8.self) }

  /// For people: control characters and what is no UTF-8 as `\x0a`.
  package var shown: String {
    guard let text = exactText, !bytes.contains(where: { $0 < 32 || $0 == 127 }) else {
      return bytes.map { byte in
        byte < 32 || byte > 126
          ? "\\x" + Hex.encode([byte]) : String(UnicodeScalar(byte))
      }.joined()
    }
    return text
  }

  /// What this names below a folder, for a system call.
  func withPath<Value>(
    below folder: String, _ body: (UnsafePointer<CChar>) throws -> Value
  ) rethrows -> Value {
    let whole = Array(folder.utf8) + (bytes.isEmpty ? [] : [TreePath.slash]) + bytes + [0]
    return try whole.withUnsafeBufferPointer { buffer in
      try buffer.withMemoryRebound(to: CChar.self) { try body($0.baseAddress!) }
    }
  }

  package static func < (one: TreePath, other: TreePath) -> Bool {
    one.bytes.lexicographicallyPrecedes(other.bytes)
  }

  static let slash = UInt8(ascii: "/")
}
