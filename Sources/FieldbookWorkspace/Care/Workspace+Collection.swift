import FieldbookModel
import FieldbookRepository

extension Workspace {
  /// Why nothing is removed for good for now: some of what names contents may not be here.
  package enum CollectionCaution: Equatable, Sendable {
    /// Segments whose past is missing.
    case waiting(Int)
    /// What `doctor --fix` set aside.
    case setAside
  }

  package func collectionCaution() throws -> CollectionCaution? {
    let waiting = try store.inspect { try $0.waitingCount() }
    if waiting > 0 { return .waiting(waiting) }
    return folderFiles.hasSetAside ? .setAside : nil
  }

  /// What `collectContents` would do.
  ///
  /// - Parameters:
  ///   - grace: seconds; not less than `CollectionRules.graceMin`.
  ///   - now: seconds since 1970.
  package func planCollection(grace: Int64, now: Int64 = LargeStore.presentSeconds) throws
    -> ContentCollection
  {
    try contentStore.planCollection(rules(grace, now), named: named)
  }

  /// Moves contents that nothing in the log names into the trash, and removes what was there for the grace period.
  package func collectContents(
    grace: Int64, now: Int64 = LargeStore.presentSeconds, patience: Double = 60
  ) throws -> ContentCollection {
    try hold()
    // Where it is not to be asked, what lies there stays.
    try? renewObjects()
    return try contentStore.collect(rules(grace, now), patience: patience, named: named)
  }

  /// Puts everything back that lies in the trash.
  package func putBackContents() throws -> [ContentDigest] {
    try hold()
    _ = try contentStore.large.putBackPacks()
    return try contentStore.discarded().sorted().filter { try contentStore.putBack($0) }
  }

  private func rules(_ grace: Int64, _ now: Int64) throws -> CollectionRules {
    CollectionRules(grace: grace, now: now, mayRemove: try collectionCaution() == nil)
  }

  /// What is named now is told by the tables; for the rest all of the log is read.
  private func named(_ contents: Set<ContentDigest>) throws -> Set<ContentDigest> {
    try store.inspect { transaction in
      let standing = Set(try transaction.namedContents().keys).intersection(contents)
      return standing.union(
        try transaction.contents(namedAmong: contents.subtracting(standing)))
    }
  }
}
