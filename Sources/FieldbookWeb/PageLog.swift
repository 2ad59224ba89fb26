import FieldbookDocuments
import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Foundation
import HTTPTypes
import Hummingbird

/// What a run prints, from some byte on: as it grows while the run goes on here, and as a file of the run afterwards.
struct PageLog: Sendable {
  let workspace: Workspace

  /// Bytes of one answer. Who does not say from where is given the last of them.
  static let bytesMax: Int64 = 1 << 20

  /// `live` is read on: more may come. `none` was not captured, or not yet.
  enum State: String { case live, kept, none }

  struct Part: Equatable {
    var state: State
    /// Of all that was printed so far, bytes.
    var size: Int64 = 0
    /// Where `bytes` begin; the size, for who has all of it or more.
    var from: Int64 = 0
    var bytes: [UInt8] = []
    /// Bytes of the other stream.
    var other: Int64 = 0
  }

  /// - Throws: `PageFailure` for a stream or a byte that is none, `WorkspaceFailure.notFound` for a run that is not known,
  ///   `.artifactNotHere` for output that is on another replica alone.
  func send(_ run: RunID, _ request: Request) async throws -> Response {
    let words = request.uri.queryParameters
    let output = try PageLog.output(words["stream"].map(String.init))
    let from = try PageLog.byte(words["from"].map(String.init))
    let part = try await Blocking.run { try read(run, output, from: from) }
    var response = PageMedia(output.artifactPath, request).whole(part.bytes)
    for (name, value) in [
      "State": part.state.rawValue, "Size": String(part.size), "From": String(part.from),
      "Other": String(part.other),
    ] { response.headers[HTTPField.Name("X-Fieldbook-\(name)")!] = value }
    return response
  }

  static func output(_ word: String?) throws -> RunOutput {
    guard let word else { return .stdout }
    guard let output = RunOutput(rawValue: word) else {
      throw PageFailure(.badRequest, "stream has to be stdout or stderr")
    }
    return output
  }

  static func byte(_ word: String?) throws -> Int64? {
    guard let word else { return nil }
    guard let byte = Int64(word), byte >= 0 else {
      throw PageFailure(.badRequest, "from has to be a number of bytes")
    }
    return byte
  }

  /// - Parameter from: nil: what the last answer's worth of it begins with.
  /// - Throws: as `send`; and what the system says of a file that is there and cannot be read.
  func read(_ run: RunID, _ output: RunOutput, from: Int64?) throws -> Part {
    _ = try workspace.run(run)
    // Asked first: who then finds a file of a run that is recorded no more has all of it.
    let isRecorded = Vanished.isRecorded(run, in: workspace)
    var part = try found(run, output, from: from)
    if part.state == .live && !isRecorded { part.state = .kept }
    let another: RunOutput = output == .stdout ? .stderr : .stdout
    switch try another.place(run, in: workspace) {
    case .live(let file): part.other = GrowingFile(file)?.size ?? 0
    case .kept(let artifact): part.other = artifact.byteCount
    case nil: break
    }
    return part
  }

  private func found(_ run: RunID, _ output: RunOutput, from: Int64?) throws -> Part {
    var place = try output.place(run, in: workspace)
    if case .live(let path) = place {
      if let file = GrowingFile(path) {
        let range = PageLog.range(from, of: file.size)
        return Part(
          state: .live, size: file.size, from: range.lowerBound, bytes: try file.read(range))
      }
      // It was kept, or was empty, since it was seen.
      place = try output.place(run, in: workspace)
    }
    guard let artifact = place?.artifact else { return Part(state: .none) }
    let range = PageLog.range(from, of: artifact.byteCount)
    var part = Part(state: .kept, size: artifact.byteCount, from: range.lowerBound)
    if range.isEmpty { return part }
    let reader = try workspace.contentReader(artifact, range: range)
    while let piece = try reader.next() { part.bytes += piece }
    return part
  }

  static func range(_ from: Int64?, of size: Int64) -> Range<Int64> {
    let start = min(from ?? max(0, size - bytesMax), size)
    return start..<min(size, start + bytesMax)
  }
}

/// A file that others may append to and take away meanwhile.
private struct GrowingFile {
  let size: Int64
  private let handle: FileHandle

  /// Nil if there is none.
  init?(_ path: String) {
    guard let handle = FileHandle(forReadingAtPath: path), let size = try? handle.seekToEnd()
    else { return nil }
    self.handle = handle
    self.size = Int64(size)
  }

  /// Of bytes that were there when it was opened.
  func read(_ range: Range<Int64>) throws -> [UInt8] {
    defer { try? handle.close() }
    try handle.seek(toOffset: UInt64(range.lowerBound))
    return Array(try handle.read(upToCount: range.count) ?? Data())
  }
}
