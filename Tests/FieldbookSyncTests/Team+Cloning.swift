import FieldbookTestSupport
import FieldbookWorkspace

@testable import FieldbookSync

extension Team {
  /// A clone from a peer at an address, with a code: person, device and folder are of one name.
  @discardableResult
  func clone(
    _ name: String, at url: String, by code: String, seed: UInt64 = 99
  ) async throws -> Workspace {
    try await CloneClient.clone(
      url: url, code: code, into: folder.path + "/" + name, device: name, owner: name,
      environment: environment(name, seed: seed)
    ).workspace
  }
}
