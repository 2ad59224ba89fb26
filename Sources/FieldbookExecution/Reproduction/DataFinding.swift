import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// What of a run's data is here, and whether it is the same.
package struct DataFinding: Equatable, Sendable {
  package enum Outcome: String, Sendable {
    case same, different, missing
    /// Of a URI: nobody looks there.
    case unknown
  }

  package var data: RecordedData
  package var outcome: Outcome
  /// Where it lies here; nil if it is missing.
  package var path: String?
  package var here: ContentDigest?
  /// Of what lies here; nil if it is missing.
  package var byteCount: Int64?

  package var name: String { data.name }

  var complaint: String {
    let recorded = data.digest.map { "sha256:" + $0.hex } ?? "unknown"
    switch outcome {
    case .different:
      return "data \(name) is not what it was: \(path ?? data.shownPlace) is sha256:"
        + "\(here?.hex ?? ""), the run used \(recorded)"
    case .missing: return "data \(name) is not here: \(data.shownPlace), \(recorded)"
    case .same: return "data \(name) is the same"
    case .unknown: return "data \(name) cannot be checked: \(data.shownPlace)"
    }
  }
}

/// Looks for the data of a run on this machine.
struct DataSearch {
  let workspace: Workspace
  /// The project's top as it was written out.
  let checkout: String
  /// The project's top as it was recorded.
  let root: String?
  /// Where the person stands.
  let here: String
  /// By name: where the person says that it lies, absolute.
  let told: [String: String]
  let progress: @Sendable (String, DataProgress) -> Void

  /// The first place where the data is the same; else the first where there is anything.
  func find(_ data: RecordedData) throws -> DataFinding {
    guard let digest = data.digest else {
      return DataFinding(data: data, outcome: .unknown, path: told[data.name])
    }
    var other: DataFinding?
    for path in try places(data) where FileManager.default.fileExists(atPath: path) {
      let version = try workspace.readData(path, shown: path, passing: checkout) {
        progress(data.name, $0)
      }
      let isSame = version.digest == digest
      let finding = DataFinding(
        data: data, outcome: isSame ? .same : .different, path: path, here: version.digest,
        byteCount: version.byteCount)
      if isSame { return finding }
      other = other ?? finding
    }
    return other ?? DataFinding(data: data, outcome: .missing)
  }

  /// Where the person says it lies, and nowhere else. Unless they say: in the code as it was written out, in the project at
  /// hand, where it was.
  private func places(_ data: RecordedData) throws -> [String] {
    if let path = told[data.name] {
      guard FileManager.default.fileExists(atPath: path) else {
        throw DataFailure.cannotRead(path, reason: String(cString: strerror(ENOENT)))
      }
      return [path]
    }
    switch data.place {
    case .outside(let path): return [path]
    // The project itself: the command sees it as it was written out, and no other.
    case .inside("."): return [checkout]
    case .inside(let path):
      let tops = [checkout, here, (try? GitInspection.state(of: here))?.root, root]
      var places: [String] = []
      for case let top? in tops where !places.contains(top + "/" + path) {
        places.append(top + "/" + path)
      }
      return places
    case .uri: return []
    }
  }
}
