/// A file of TensorFlow's records: length (8 bytes), its check, data, its check; all little-endian.
///
/// Source: TensorFlow, "TFRecord and tf.train.Example", and `tensorflow/core/lib/io/record_writer.h`.
package final class TFRecordFile {
  static let recordBytes = 256 * 1024 * 1024

  private let file: PiecewiseFile
  /// Nil before the last record was read.
  private(set) var end: FileEnd?

  package init(_ path: String) throws { file = try PiecewiseFile(path) }

  /// Nil at the end.
  ///
  /// - Throws: `MovingFailure.damaged` where a check does not fit: what follows cannot be read either.
  package func next() throws -> ArraySlice<UInt8>? {
    let start = file.offset
    let head = try file.take(12)
    if head.isEmpty { return finish(.whole) }
    guard head.count == 12 else { return finish(.cut(at: start)) }
    let length = head.prefix(8)
    try check(length, head.suffix(4), at: start)
    guard length.littleEndian <= UInt64(TFRecordFile.recordBytes) else {
      throw MovingFailure.damaged(path: file.path, reason: "a record at byte \(start) is too long")
    }
    let data = try file.take(Int(length.littleEndian))
    let tail = try file.take(4)
    guard data.count == Int(length.littleEndian), tail.count == 4 else {
      return finish(.cut(at: start))
    }
    try check(data, tail, at: start)
    return data
  }

  private func finish(_ end: FileEnd) -> ArraySlice<UInt8>? {
    self.end = end
    return nil
  }

  private func check(_ data: ArraySlice<UInt8>, _ mask: ArraySlice<UInt8>, at start: Int) throws {
    let crc = CRC32.castagnoli.of(data)
    // Masked, so that a check over what holds checks is still one.
    let masked = (crc >> 15 | crc << 17) &+ 0xa282_ead8
    guard UInt64(masked) == mask.littleEndian else {
      throw MovingFailure.damaged(
        path: file.path, reason: "the check of the record at byte \(start) does not fit")
    }
  }
}
