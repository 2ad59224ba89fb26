import FieldbookModel
import FieldbookWorkspace

/// Brings files of one run or model into the content store, those alone that are new or changed.
final class FileIntake {
  enum Outcome: Equatable {
    /// The text of its register.
    case field(String)
    case unchanged
    case left(String)
  }

  private let workspace: Workspace
  private let entity: EntityKey
  /// Named here although their contents are not.
  private lazy var absent: Set<String>? = {
    (try? workspace.artifacts(of: entity)).map { Set($0.lazy.filter { !$0.isHere }.map(\.path)) }
  }()

  init(_ workspace: Workspace, entity: EntityKey) {
    self.workspace = workspace
    self.entity = entity
  }

  func take(_ file: ForeignFile, from source: any ForeignFiles) throws -> Outcome {
    do { try Check.artifactPath(file.path) } catch {
      return .left("its path is none that a file can have here")
    }
    if let digest = file.digest {
      return try workspace.store.inspect({ try $0.isPurged(digest) })
        ? .left("its content was purged here")
        : .field(ArtifactCoding.encode(digest, byteCount: file.byteCount))
    }
    if try workspace.arrivalNotes(entity, [FileIntake.note(file)]).first
      == UInt64(bitPattern: FileIntake.print(file)), absent?.contains(file.path) == false
    {
      return .unchanged
    }
    var text: String?
    do {
      let staging = { try self.workspace.artifactStagingFile() }
      try source.withContent(of: file, staging: staging) {
        text = try workspace.takeInContent($0)
      }
    } catch MovingFailure.notThere {
      return .left("it cannot be read")
    } catch MovingFailure.refused(_, let status, _) {
      return .left("the server answered \(status)")
    }
    return text.map { .field($0) } ?? .left("its content was purged here")
  }

  static func note(_ file: ForeignFile) -> String { "files." + file.path }

  /// By size and stamp.
  static func print(_ file: ForeignFile) -> Int64 {
    file.stamp &* 1_000_003 &+ file.byteCount
  }
}
