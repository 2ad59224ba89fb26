/// Parquet files as CSV, by a program that is asked for one after the other: there is no reader of Parquet in Swift.
///
/// The program is asked with the path of a file and a zero byte. It answers in frames: a byte that tells the kind, the length of the
/// rest in four bytes, the greatest first, and the rest. `d` is a piece of CSV, `e` the end of this table; `x` says in words why the
/// file cannot be read, and `m` which module it lacks.
package final class ParquetTables {
  /// What it is asked by and answers by; a program, or bytes in a test.
  package protocol Line: AnyObject {
    /// - Returns: false if nobody reads.
    func write(_ bytes: [UInt8]) -> Bool
    /// Fewer bytes only where it ended.
    func read(_ count: Int) -> [UInt8]
    /// How it ended, for a person.
    func ending() -> String
  }

  package static let frameBytes = 1 << 20

  private let line: any Line
  private let lacking: (String) -> MovingFailure
  /// The table of a file that was not read to its end.
  private var isOpen = false

  /// - Parameter lacking: what to say where a module is not there, given its name.
  package init(_ line: any Line, lacking: @escaping (String) -> MovingFailure) {
    self.line = line
    self.lacking = lacking
  }

  /// One at a time: the rest of the last is thrown away.
  package func rows(_ path: String) throws -> CSVRows {
    while isOpen { _ = try piece(of: path) }
    guard line.write(Array(path.utf8) + [0]) else { throw ended(path) }
    isOpen = true
    return CSVRows(path: path) { [self] in isOpen ? try piece(of: path) : [] }
  }

  /// Empty at the end.
  private func piece(of path: String) throws -> ArraySlice<UInt8> {
    let head = line.read(5)
    guard head.count == 5 else { throw ended(path) }
    let count = head.dropFirst().reduce(0) { $0 << 8 | Int($1) }
    guard count <= ParquetTables.frameBytes else {
      throw MovingFailure.damaged(path: path, reason: "what reads it answers with nonsense")
    }
    let bytes = line.read(count)
    guard bytes.count == count else { throw ended(path) }
    let words = String(decoding: bytes, as: UTF8.self)
    switch head[0] {
    case UInt8(ascii: "d") where count > 0: return bytes[...]
    case UInt8(ascii: "e"):
      isOpen = false
      return []
    case UInt8(ascii: "x"):
      isOpen = false
      throw MovingFailure.damaged(path: path, reason: words)
    case UInt8(ascii: "m"):
      isOpen = false
      throw lacking(words)
    default:
      throw MovingFailure.damaged(path: path, reason: "what reads it answers with nonsense")
    }
  }

  private func ended(_ path: String) -> MovingFailure {
    .damaged(path: path, reason: "what reads it ended \(line.ending())")
  }
}
