import FieldbookDocuments
import FieldbookModel

extension Run {
  /// The run's status as a person reads it.
  func statusPhrase(isVanished: Bool) -> Phrase {
    if isVanished { return Phrase("vanished", .yellow) }
    switch state.status {
    case .running: return Phrase("running", .cyan)
    case .scheduled: return Phrase("scheduled", .faint)
    case .finished: return Phrase("finished", .green)
    case .failed: return Phrase("failed", .red)
    case .killed: return Phrase("killed", .red)
    }
  }

  var durationMilliseconds: Int64? {
    state.endTime.map { $0.since(startTime) }
  }
}
