import FieldbookModel
import FieldbookWorkspace
import Foundation

/// What looks like a secret among all that is recorded here.
package struct WorkspaceScan: Sendable {
  package struct Finding: Sendable, Equatable {
    package var kind: String
    package var entity: EntityReference
    /// As `history` names it; `artifacts.PATH` for what is in a file.
    package var field: String
    package var excerpt: String
    /// False for a value that was overwritten: it is still in the log.
    package var isPresent: Bool
  }

  package private(set) var findings: [Finding] = []
  package private(set) var values = 0
  package private(set) var files = 0
  /// Files that are not here, or are no text.
  package private(set) var skippedFiles = 0

  /// Of a file no more than this is read: logs can be endless.
  package static let fileBytesMax = 16 << 20

  /// - Parameter entity: only of this one; nil: of all.
  package init(_ workspace: Workspace, of entity: EntityKey? = nil) throws {
    try lookAtTexts(workspace, entity)
    try lookAtFiles(workspace, entity)
  }

  private mutating func lookAtTexts(_ workspace: Workspace, _ entity: EntityKey?) throws {
    var known: Set<String> = []
    try workspace.store.inspect { transaction in
      try transaction.eachText(of: entity) { recorded in
        values += 1
        let (family, member) = recorded.field.split
        // A name tells only of the value that it names.
        let name = ["params", "tags", "environment"].contains(family) ? member : nil
        let found =
          SecretMasking.findings(in: recorded.text, named: name.map(String.init))
          + SecretMasking.findings(in: member.map(String.init) ?? "")
        guard !found.isEmpty, let reference = try transaction.reference(recorded.entity) else {
          return
        }
        let isPresent = try transaction.isPresent(recorded)
        for one in found {
          let finding = Finding(
            kind: one.kind, entity: reference, field: recorded.field.text, excerpt: one.excerpt,
            isPresent: isPresent)
          let same = "\(reference.key.hex) \(finding.field) \(one.kind) \(one.excerpt) \(isPresent)"
          if known.insert(same).inserted { findings.append(finding) }
        }
      }
    }
  }

  private mutating func lookAtFiles(_ workspace: Workspace, _ entity: EntityKey?) throws {
    let entities =
      try entity.map { [$0] } ?? workspace.store.inspect { try $0.entitiesWithArtifacts() }
    for key in entities {
      guard let reference = try workspace.store.inspect({ try $0.reference(key) }) else { continue }
      for artifact in try workspace.artifacts(of: key) {
        guard let text = WorkspaceScan.text(artifact.digest, workspace) else {
          skippedFiles += 1
          continue
        }
        files += 1
        for one in SecretMasking.findings(in: text) {
          findings.append(
            Finding(
              kind: one.kind, entity: reference, field: "artifacts." + artifact.path,
              excerpt: one.excerpt, isPresent: true))
        }
      }
    }
  }

  /// Nil for a content that is not here, cannot be read or holds a zero byte near its beginning, as no text does.
  private static func text(_ content: ContentDigest, _ workspace: Workspace) -> String? {
    guard let reader = try? workspace.contentStore.reader(of: content) else { return nil }
    var bytes: [UInt8] = []
    do {
      while bytes.count < fileBytesMax, let piece = try reader.next() {
        bytes += piece.prefix(fileBytesMax - bytes.count)
        guard !bytes.prefix(8192).contains(0) else { return nil }
      }
    } catch {
      return nil
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
