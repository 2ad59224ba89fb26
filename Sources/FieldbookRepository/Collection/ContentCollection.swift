import FieldbookModel

/// What `gc` would do, or did, with contents that nothing names.
package struct ContentCollection: Equatable, Sendable {
  package struct Item: Equatable, Sendable {
    package var content: ContentDigest
    /// Of the content; 0 where that cannot be read.
    package var bytes: Int64
  }

  /// Unnamed for the whole grace period: into the trash.
  package var discarded: [Item] = []
  /// In the trash for the whole grace period: removed for good.
  package var removed: [Item] = []
  /// In the trash, and named again: put back.
  package var returned: [Item] = []
  /// In the trash, and not for long enough.
  package var waiting: [Item] = []
  /// Unnamed, and not for long enough.
  package var young: [Item] = []
  /// Downloads that nobody goes on with and nothing names: removed. Bytes are what had come.
  package var unfinished: [Item] = []
  /// Chunks that no recipe names, as they will be when all of that is done.
  package var chunks = LargeCollection()

  package init() {}

  /// True if there is nothing to do.
  package var isEmpty: Bool {
    discarded.isEmpty && removed.isEmpty && returned.isEmpty && unfinished.isEmpty
      && chunks.unneededPacks == 0 && chunks.rewrittenPacks == 0 && chunks.removedAway == 0
  }
}

extension [ContentCollection.Item] {
  package var bytes: Int64 { reduce(0) { $0 + $1.bytes } }
}

/// Rules of `gc`.
package struct CollectionRules: Sendable {
  /// Seconds; not less than `graceMin`.
  package let grace: Int64
  /// Seconds since 1970.
  package let now: Int64
  /// False: nothing is removed for good, since it is not known whether something names it.
  package let mayRemove: Bool

  /// What was put a moment ago may be named in the next: so long everything stays.
  package static let graceMin: Int64 = 3600

  package init(
    grace: Int64 = LargeStore.graceSeconds, now: Int64 = LargeStore.presentSeconds,
    mayRemove: Bool = true
  ) {
    self.grace = max(grace, CollectionRules.graceMin)
    self.now = now
    self.mayRemove = mayRemove
  }
}
