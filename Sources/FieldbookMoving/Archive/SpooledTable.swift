import Crypto
import FieldbookModel
import Foundation

/// The table of points, written down while it is counted: an archive wants to know how long it is.
final class SpooledTable {
  private let path: String
  private let file: Int32
  private var hasher = SHA256()
  private var byteCount: Int64 = 0
  private var points: Int64 = 0
  private var keys: Int64 = 0
  private var buffer = Array(MetricTable.head.utf8)
  private static let bufferBytes = 1 << 20

  init(beside path: String) throws {
    self.path = path
    let name = path + ".points-\(ProcessInfo.processInfo.processIdentifier)"
    file = open(name, O_CREAT | O_TRUNC | O_RDWR | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else {
      throw MovingFailure.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    // Nobody finds it afterwards, whatever happens.
    unlink(name)
  }

  deinit { close(file) }

  func add(_ series: MetricSeries) throws {
    keys += series.points.isEmpty ? 0 : 1
    points += Int64(series.points.count)
    var rest = series.points[...]
    while !rest.isEmpty {
      MetricTable.append(
        MetricSeries(key: series.key, points: Array(rest.prefix(10_000))), to: &buffer)
      rest = rest.dropFirst(10_000)
      if buffer.count >= SpooledTable.bufferBytes { try flush() }
    }
  }

  func finish() throws -> RunManifest.Metrics {
    try flush()
    return RunManifest.Metrics(
      digest: ContentDigest(bytes: Array(hasher.finalize()))!, byteCount: byteCount,
      points: points, keys: keys)
  }

  private func flush() throws {
    hasher.update(data: buffer)
    var rest = buffer[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else {
        throw MovingFailure.cannotWrite(path: path, reason: String(cString: strerror(errno)))
      }
      rest = rest.dropFirst(max(0, count))
    }
    byteCount += Int64(buffer.count)
    buffer = []
  }

  func read(_ take: ([UInt8]) throws -> Void) throws {
    var piece = [UInt8](repeating: 0, count: SpooledTable.bufferBytes)
    var position: off_t = 0
    while true {
      let count = pread(file, &piece, piece.count, position)
      guard count > 0 else { return }
      try take(Array(piece[..<count]))
      position += off_t(count)
    }
  }
}
