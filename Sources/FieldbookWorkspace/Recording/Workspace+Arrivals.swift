import FieldbookModel
import FieldbookReplication

/// Things that come from other trackers: many in one change.
extension Workspace {
  /// All of them or none. Their texts are taken as they are: limits are for what is written here.
  package func takeIn(_ arrivals: [Arrival]) throws -> [Taken] {
    try write(.script) { transaction in
      try transaction.checkMayWrite()
      return try arrivals.map { try transaction.takeIn($0) }
    }
  }

  /// Nil for what is not here; see `WriteTransaction.missing`.
  package func missing(
    of arrivals: [(arrival: Arrival, kept: [FieldName])]
  ) throws -> [[FieldName]?] {
    try store.inspect { transaction in
      try arrivals.map { try transaction.missing(of: $0.arrival, kept: $0.kept) }
    }
  }

  /// The experiment or the model that a name of another tracker means here; its key is the same on every laptop.
  ///
  /// A thing that came by this name and was renamed or deleted here since is still that thing.
  package func arrivalKey(named name: String, kind: EntityKind) throws -> EntityKey {
    try store.inspect { transaction in
      if let known = try transaction.entity(named: name, kind: kind) { return known }
      let first = transaction.firstKeyForName(name, kind: kind)
      if try transaction.wasTakenIn(first) { return first }
      return try transaction.keyForName(name, kind: kind).key
    }
  }

  /// What was noted beside a thing when it was last taken in.
  package func arrivalNotes(_ entity: EntityKey, _ names: [String]) throws -> [UInt64?] {
    try store.inspect { transaction in
      try names.map { try transaction.arrivalNote(entity, $0) }
    }
  }

  /// Something of this key was taken in by this replica before.
  package func wasTakenIn(_ entity: EntityKey) throws -> Bool {
    try store.inspect { try $0.wasTakenIn(entity) }
  }

  /// How many of these points are not on this replica.
  package func lacking(_ run: EntityKey, _ series: MetricSeries) throws -> Int {
    try store.inspect { try $0.lacking(run, series) }
  }

  /// An active experiment that did not come from another tracker, as far as this replica knows.
  package func isInUse(_ experiment: EntityKey) throws -> Bool {
    try store.inspect { transaction in
      try transaction.shownLifecycle(of: ExperimentID(experiment)) == .active
        && !transaction.wasTakenIn(experiment)
    }
  }

  package enum ArrivalNumber { case given, taken, notOurs }

  /// Whether a version that comes keeps the number that it had: only an admin's device may say so, and only of a number
  /// that no other version of the model has.
  package func numberForArrival(
    _ version: EntityKey, of model: ModelID, wanted: Int64
  ) throws -> ArrivalNumber {
    try store.inspect { transaction in
      if try transaction.version(VersionID(version)) != nil { return .given }
      guard ModelVersion.finalNumbers.contains(wanted) else { return .taken }
      guard try transaction.versions(of: model, matching: String(wanted)).isEmpty else {
        return .taken
      }
      return try transaction.role(of: deviceKey) == .admin ? .given : .notOurs
    }
  }

  /// Streams a file of another tracker into the content store.
  ///
  /// - Returns: the text of its register; nil for a content that was purged here.
  package func takeInContent(_ file: String) throws -> String? {
    let (digest, size) = try contentStore.put(file: file)
    if try store.inspect({ try $0.isPurged(digest) }) {
      try? contentStore.remove(digest)
      return nil
    }
    return ArtifactCoding.encode(digest, byteCount: size)
  }

  /// What follows from versions and aliases that came: final numbers, and settling, if they are this device's to give.
  package func finishTakingIn() throws {
    try performHubDuties()
    try barrier()
  }
}
