import FieldbookModel
import Foundation

/// The spans of a trace as the file that MLflow keeps of those that are not in its database: `traces.json`.
struct TraceFile: ForeignFiles {
  static let name = StoredSpans.fileName
  let bytes: [UInt8]

  init(_ trace: ForeignTrace) {
    bytes = StoredSpans.file(
      of: trace.spans, trace: trace.name,
      other: trace.metadata[MovingTag.otelTrace].flatMap { TraceID(hex: $0) })
  }

  func each(_ body: (ForeignFile) throws -> Void) throws {
    try body(
      ForeignFile(
        path: TraceFile.name, byteCount: Int64(bytes.count),
        stamp: Int64(
          bitPattern: ForeignKey.hashed("file", [String(decoding: bytes, as: UTF8.self)]).high)))
  }

  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void
  ) throws {
    let place = try staging()
    defer { try? FileManager.default.removeItem(atPath: place) }
    do { try Data(bytes).write(to: URL(fileURLWithPath: place)) } catch {
      throw MovingFailure.cannotWrite(path: place, reason: SystemReason.words(error))
    }
    try body(place)
  }
}
