import FieldbookModel

extension HistoryEntry {
  /// Of a status the word alone: when it ended is told by the time.
  package func worded(_ value: String?) -> String? {
    guard field == .status, let value else { return value }
    return RunState(coded: value)?.status.rawValue ?? value
  }

  package var json: JSON {
    [
      "op": .string(op), "time": .time(time), "author": .string(author), "device": .string(device),
      "field": .string(field.text), "before": .optional(worded(before)),
      "after": .optional(worded(after)),
      "origin": .string(origin),
    ]
  }
}
