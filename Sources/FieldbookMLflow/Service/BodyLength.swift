import Synchronization

/// How many bytes of a body came so far.
final class BodyLength: Sendable {
  private let count = Atomic<Int64>(0)

  var bytes: Int64 { count.load(ordering: .relaxed) }

  /// The new sum.
  func add(_ bytes: Int64) -> Int64 { count.add(bytes, ordering: .relaxed).newValue }
}
