import FieldbookModel
import FieldbookRepository
import Synchronization

/// How far the reading of data has come, a few times a second.
final class DataProgressLine: Sendable {
  private let progress: Progress
  private let shown = Mutex<ContinuousClock.Instant?>(nil)
  private static let pause = Duration.milliseconds(200)

  init(_ console: Console) { progress = Progress(console) }

  func update(_ name: String, _ now: DataProgress) {
    let isDue = shown.withLock { shown in
      let moment = ContinuousClock.now
      // What takes no time is not worth a line.
      guard let last = shown else {
        shown = moment
        return false
      }
      guard last.duration(to: moment) >= DataProgressLine.pause else { return false }
      shown = moment
      return true
    }
    guard isDue else { return }
    let share = now.bytesInAll > 0 ? min(100, now.bytes * 100 / now.bytesInAll) : 100
    let bar =
      String(repeating: "#", count: Int(share) / 5)
      + String(repeating: ".", count: 20 - Int(share) / 5)
    progress.update(
      "data \(name) [\(bar)] \(share)%, \(ByteSize.words(now.bytes)) of"
        + " \(ByteSize.words(now.bytesInAll)), \(now.files) of \(Amount.of(now.filesInAll, "file"))"
    )
  }

  func say(_ text: String) { progress.update(text) }

  func clear() {
    progress.clear()
    shown.withLock { $0 = nil }
  }
}
