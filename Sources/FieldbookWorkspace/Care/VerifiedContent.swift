import Crypto
import FieldbookModel
import Foundation

extension Workspace {
  /// Reads a file of a run piece by piece, hashing as it goes.
  ///
  /// - Throws: `WorkspaceFailure.artifactDamaged` at the end if the bytes are not the ones that were recorded: what
  ///   the pieces were written to is to be thrown away then.
  package func readVerified(_ artifact: Artifact, _ take: ([UInt8]) throws -> Void) throws {
    guard let file = contentStore.path(of: artifact.digest) else {
      throw WorkspaceFailure.artifactNotHere(path: artifact.path)
    }
    let input = Foundation.open(file, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw damaged(artifact, file) }
    defer { Foundation.close(input) }
    var hasher = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(input, &buffer, buffer.count)
      guard count >= 0 else { throw damaged(artifact, file) }
      if count == 0 { break }
      hasher.update(data: buffer[..<count])
      try take(Array(buffer[..<count]))
    }
    guard Array(hasher.finalize()) == artifact.digest.bytes else { throw damaged(artifact, file) }
  }

  private func damaged(_ artifact: Artifact, _ file: String) -> WorkspaceFailure {
    .artifactDamaged(path: artifact.path, file: file)
  }

  /// Files of contents that are here but are no longer, or cannot be read as, what was recorded.
  func damagedContents() throws -> [String] {
    try namedContents().filter(contentStore.contains).filter { digest in
      (try? contentStore.verify(digest)) != true
    }.compactMap { contentStore.path(of: $0) }
  }
}
