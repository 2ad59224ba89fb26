import FieldbookWorkspace
import Foundation

extension SyncClient {
  /// The certificate that a remote shows and is known by, as PEM (RFC 7468): for programs that are told what to trust by a
  /// file.
  ///
  /// - Throws: `SyncFailure.notAPeer` for a remote without TLS.
  package static func certificate(_ workspace: Workspace, remote: Workspace.Remote) async throws
    -> String
  {
    let bytes = try await meet(workspace, remote) { $0.certificateBytes }
    guard let bytes else { throw SyncFailure.notAPeer(url: remote.url) }
    let text = Data(bytes).base64EncodedString(options: [
      .lineLength64Characters, .endLineWithLineFeed,
    ])
    return "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
  }
}
