import FieldbookModel
import FieldbookReplication

/// Files of a run or of a logged model, by content.
extension Workspace {
  /// Streams the file into the content store; the file stays where it is.
  package func putArtifact(_ run: RunID, path: String, file: String) throws -> Artifact {
    try putArtifact(of: run.key, path: path, file: file)
  }

  package func putArtifact(_ run: RunID, path: String, bytes: [UInt8]) throws -> Artifact {
    try Check.artifactPath(path)
    let (digest, size) = try contentStore.put(bytes: bytes)
    return try reference(run.key, path, digest, size)
  }

  package func putArtifact(of entity: EntityKey, path: String, file: String) throws -> Artifact {
    try Check.artifactPath(path)
    let (digest, size) = try contentStore.put(file: file)
    return try reference(entity, path, digest, size)
  }

  private func reference(
    _ entity: EntityKey, _ path: String, _ digest: ContentDigest, _ size: Int64
  )
    throws -> Artifact
  {
    if try store.inspect({ try $0.isPurged(digest) }) {
      try? contentStore.remove(digest)
      throw PurgeFailure.contentPurged(path: path)
    }
    try change(
      entity, .script,
      [(.artifact(path), .text(ArtifactCoding.encode(digest, byteCount: size)))])
    return Artifact(path: path, digest: digest, byteCount: size, isHere: true)
  }

  package func artifacts(_ run: RunID) throws -> [Artifact] { try artifacts(of: run.key) }

  package func artifacts(of entity: EntityKey) throws -> [Artifact] {
    try store.inspect { try $0.artifacts(of: entity) }.map { artifact in
      var artifact = artifact
      artifact.isHere = contentStore.contains(artifact.digest)
      return artifact
    }
  }

  /// Runs and logged models that have files.
  package func entitiesWithArtifacts() throws -> [EntityReference] {
    try store.inspect { transaction in
      try transaction.entitiesWithArtifacts().compactMap { try transaction.reference($0) }
    }
  }

  package func heldArtifact(_ run: RunID, path: String) throws -> Artifact {
    try heldArtifact(of: run.key, path: path)
  }

  /// A file whose content is on this replica.
  ///
  /// - Throws: `WorkspaceFailure.notFound`, or `.artifactNotHere` for one whose content is not.
  package func heldArtifact(of entity: EntityKey, path: String) throws -> Artifact {
    guard let artifact = try artifacts(of: entity).first(where: { $0.path == path }) else {
      throw WorkspaceFailure.notFound(what: "artifact", reference: path)
    }
    guard artifact.isHere else { throw WorkspaceFailure.artifactNotHere(path: path) }
    return artifact
  }

  /// Takes the name away; the content and the history stay.
  package func removeArtifact(of entity: EntityKey, path: String) throws {
    try change(entity, .script, [(.artifact(path), .null)])
  }

  /// A fresh empty file, on the content store's filesystem, to stream an upload into.
  package func artifactStagingFile() throws -> String { try contentStore.stagingFile() }

  /// Contents that the log names and this replica lacks.
  package func missingArtifacts(limit: Int) throws -> [(ContentDigest, Int64)] {
    try missingContents().sorted { $0.key < $1.key }.prefix(limit).map { ($0.key, $0.value) }
  }

  /// Bytes of a content that the log names and this replica lacks; nil for any other.
  package func missingSize(_ digest: ContentDigest) throws -> Int64? {
    try missingContents()[digest]
  }

  /// All names are looked through only when the log has grown; else only what was missing is looked for.
  private func missingContents() throws -> [ContentDigest: Int64] {
    let moment = try store.inspect { try $0.moment() }
    let known = lacking.withLock { $0 }
    let named =
      try known?.moment == moment
      ? known?.missing ?? [:] : store.inspect { try $0.wantedContents() }
    var missing = named.filter { !contentStore.contains($0.key) }
    // What nothing named for a while, and something names again.
    if !missing.isEmpty {
      for content in try contentStore.discarded() where missing[content] != nil {
        if try contentStore.putBack(content), contentStore.contains(content) {
          missing[content] = nil
        }
      }
    }
    lacking.withLock { $0 = (moment, missing) }
    return missing
  }
}

extension Workspace {
  /// Contents that some artifact names.
  package func namedContents() throws -> [ContentDigest] {
    try store.inspect { try $0.namedContents() }.keys.sorted()
  }

  /// Those of them that were not purged.
  package func wantedContents() throws -> Set<ContentDigest> {
    Set(try store.inspect { try $0.wantedContents() }.keys)
  }
}
