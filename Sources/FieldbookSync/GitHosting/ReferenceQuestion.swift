import Carchive
import FieldbookModel

/// What a client that speaks the second version of git's protocol wants to know of references: it says how their names begin, so that
/// runs, however many there are, cost only whoever names them. Source: gitprotocol-v2, `ls-refs`; gitprotocol-common, pkt-line.
package struct ReferenceQuestion: Equatable, Sendable {
  package enum Artifacts: Equatable, Sendable {
    case none
    case of([RunID])
    case all
  }

  /// Snapshots or artifacts of some.
  package private(set) var namesRuns = false
  package private(set) var artifacts = Artifacts.none

  /// Of what asks for something else, and of what does not read, nothing is taken.
  ///
  /// - Parameter encoding: of the body: git packs what is longer than a kilobyte.
  package init(_ body: [UInt8], encoding: String?) {
    let plain = encoding == nil ? body : Gzip.beginning(of: body, bytesMax: Self.bytesMax)
    var lines = PacketLines(plain[...])
    guard lines.next() == "command=ls-refs" else { return }
    while let line = lines.next() {
      guard line.hasPrefix(Self.asking) else { continue }
      take(line.dropFirst(Self.asking.count))
    }
  }

  private static let bytesMax = 1 << 20
  private static let asking = "ref-prefix "
  private static let runs = "refs/fieldbook/"
  private static let artifacts = runs + "artifacts/"

  private mutating func take(_ name: Substring) {
    // A shorter one is what who copies a whole repository says, and shows none.
    guard name.hasPrefix(Self.runs) else { return }
    namesRuns = true
    guard name.hasPrefix(Self.artifacts) else {
      if Self.artifacts.hasPrefix(name) { artifacts = .all }
      return
    }
    let hex = String(name.dropFirst(Self.artifacts.count))
    guard let run = RunID(hex: hex), run.hex == hex else {
      artifacts = .all
      return
    }
    switch artifacts {
    case .none: artifacts = .of([run])
    case .of(let known): artifacts = .of(known + [run])
    case .all: break
    }
  }
}

/// Lines with four hexadecimal digits of length before each. `0001`, between a command and its arguments, is none of them.
private struct PacketLines {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  /// Without the line's end. Nil at the end of the question, or of what reads.
  mutating func next() -> String? {
    while rest.count >= 4,
      let length = Int(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16)
    {
      if length == 1 {
        rest = rest.dropFirst(4)
        continue
      }
      guard length >= 4, length <= rest.count else { return nil }
      var line = rest.dropFirst(4).prefix(length - 4)
      rest = rest.dropFirst(length)
      if line.last == 10 { line = line.dropLast() }
      return String(decoding: line, as: UTF8.self)
    }
    return nil
  }
}

private enum Gzip {
  /// At most so many bytes of what was packed; nothing of what is no gzip.
  static func beginning(of packed: [UInt8], bytesMax: Int) -> [UInt8] {
    guard let archive = archive_read_new() else { return [] }
    defer { archive_read_free(archive) }
    archive_read_support_filter_gzip(archive)
    archive_read_support_format_raw(archive)
    return packed.withUnsafeBytes { bytes in
      var entry: OpaquePointer?
      guard archive_read_open_memory(archive, bytes.baseAddress, bytes.count) == ARCHIVE_OK,
        archive_read_next_header(archive, &entry) == ARCHIVE_OK, archive_filter_count(archive) == 2
      else { return [] }
      return [UInt8](unsafeUninitializedCapacity: bytesMax) { buffer, count in
        while count < bytesMax {
          let read = archive_read_data(archive, buffer.baseAddress! + count, bytesMax - count)
          guard read > 0 else { break }
          count += read
        }
      }
    }
  }
}
