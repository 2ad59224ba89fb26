import FieldbookModel
import FieldbookRepository

extension Workspace {
  /// Reads a file of a run piece by piece, hashing as it goes.
  ///
  /// - Throws: `WorkspaceFailure.artifactDamaged`, at the end at the latest, if the bytes are not the ones that were recorded: what
  ///   the pieces were written to is to be thrown away then.
  package func readVerified(_ artifact: Artifact, _ take: ([UInt8]) throws -> Void) throws {
    let reader = try contentReader(artifact)
    while let piece = try next(reader, artifact) { try take(piece) }
  }

  /// - Parameter range: of its bytes; nil: all of them.
  /// - Throws: `WorkspaceFailure.artifactNotHere` or `.artifactDamaged`; `BucketFailure` for one in a bucket that is out of reach.
  package func contentReader(_ artifact: Artifact, range: Range<Int64>? = nil) throws
    -> ContentReader
  {
    guard contentStore.contains(artifact.digest) else {
      throw WorkspaceFailure.artifactNotHere(path: artifact.path)
    }
    do { return try contentStore.reader(of: artifact.digest, range: range) } catch let failure
      as BucketFailure
    {
      throw failure
    } catch {
      throw damaged(artifact)
    }
  }

  private func next(_ reader: ContentReader, _ artifact: Artifact) throws -> [UInt8]? {
    do { return try reader.next() } catch let failure as BucketFailure { throw failure } catch {
      throw damaged(artifact)
    }
  }

  private func damaged(_ artifact: Artifact) -> WorkspaceFailure {
    .artifactDamaged(path: artifact.path, file: contentStore.place(toName: artifact.digest))
  }

  /// Contents that some artifact names, that were taken in here, and are no longer, or cannot be read as, what was recorded. What lies in a
  /// bucket is not read: of it those that were found damaged before.
  func damagedContents() throws -> [ContentDigest] {
    let here = Set(try contentStore.all())
    return try namedContents().filter { digest throws in
      guard here.contains(digest) else { return false }
      guard contentStore.contains(digest) else { return true }
      let isWhole = contentStore.wholeFile(of: digest) != nil
      if try !isWhole && contentStore.large.isAway(digest) { return false }
      return (try? contentStore.verify(digest)) != true
    }
  }
}
