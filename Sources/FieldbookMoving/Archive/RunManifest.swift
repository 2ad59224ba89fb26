import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace

/// What `fieldbook.json` in an archive of a run says: all of the run but its points, and what else must be there.
package struct RunManifest: Equatable, Sendable {
  /// Raised when an archive is made that earlier programs would misread.
  package static let format: Int64 = 1
  package static let fileName = "fieldbook.json"
  package static let metricsName = "metrics.csv"

  /// A comment as it was made.
  package struct Told: Equatable, Sendable {
    package var text: String
    package var author: String
    /// Milliseconds since 1970, as all times here.
    package var time: Int64
  }

  /// A file of the run.
  package struct File: Equatable, Sendable {
    package var path: String
    package var digest: ContentDigest
    package var byteCount: Int64
    /// Where it lies in the archive; nil if it was not at hand when that was made.
    package var place: String?
  }

  /// A file of the snapshot.
  package struct SnapshotPart: Equatable, Sendable {
    package enum Body: Equatable, Sendable {
      /// It lies in the archive as git has it.
      case whole(place: String, digest: ContentDigest, byteCount: Int64)
      /// Git has a pointer; the content is a file of the run.
      case pointer(FilePointer)
      case link(target: [UInt8])
    }

    package var path: TreePath
    package var isProgram: Bool
    package var body: Body
  }

  package struct Snapshot: Equatable, Sendable {
    package var commit: GitObjectID
    /// The commit's bytes, as git has them.
    package var object: [UInt8]
    package var parts: [SnapshotPart]
  }

  package struct Metrics: Equatable, Sendable {
    package var digest: ContentDigest
    package var byteCount: Int64
    package var points: Int64
    package var keys: Int64
  }

  package var run: RunID
  package var name: String
  package var experiment: String
  package var experimentTime: Int64?
  package var state: RunState
  package var startTime: Int64
  package var isDeleted: Bool
  package var user: String?
  package var device: String?
  package var parent: RunID?
  package var description: String?
  package var parameters: [String: String]
  package var tags: [String: String]
  package var labels: [String]
  package var environment: [String: String]
  package var comments: [Told]
  package var datasets: [Dataset]
  package var modelInputs: [LoggedModelID]
  package var modelOutputs: [ModelOutput]
  /// Of each field in conflict a JSON list of the values that stand.
  package var conflicts: [String: String]
  package var metrics: Metrics
  package var files: [File]
  package var snapshot: Snapshot?

  /// Of everything that must be in the archive: place, digest and bytes.
  package var contents: [String: (digest: ContentDigest, byteCount: Int64)] {
    var out = [RunManifest.metricsName: (digest: metrics.digest, byteCount: metrics.byteCount)]
    for file in files { if let place = file.place { out[place] = (file.digest, file.byteCount) } }
    for part in snapshot?.parts ?? [] {
      guard case .whole(let place, let digest, let count) = part.body else { continue }
      out[place] = (digest, count)
    }
    return out
  }
}
