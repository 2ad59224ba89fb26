import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// What looks like a secret among all that is recorded here.
package struct WorkspaceScan: Sendable {
  package struct Finding: Sendable, Equatable {
    package var kind: String
    package var entity: EntityReference
    /// As `history` names it; `artifacts.PATH` for what is in a file, `snapshot.PATH` for what is in one of the snapshot.
    package var field: String
    package var excerpt: String
    /// False for a value that was overwritten: it is still in the log.
    package var isPresent: Bool
    /// In a file of a snapshot, where `purge` does not reach.
    package var isInSnapshot = false
    /// Other runs whose snapshots hold the same file at the same place.
    package var alsoIn = 0
  }

  package private(set) var findings: [Finding] = []
  package private(set) var values = 0
  package private(set) var files = 0
  /// Files that are not here, or are no text.
  package private(set) var skippedFiles = 0
  /// Snapshots that were looked into, and those that are known and not here.
  package private(set) var snapshots = 0
  package private(set) var absentSnapshots = 0

  /// Of a file no more than this is read: logs can be endless.
  package static let fileBytesMax = 16 << 20

  /// - Parameter entity: only of this one; nil: of all.
  package init(_ workspace: Workspace, of entity: EntityKey? = nil) throws {
    try lookAtTexts(workspace, entity)
    try lookAtFiles(workspace, entity)
    try lookAtSnapshots(workspace, entity)
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

  /// What lies in the files of a snapshot, which a run holds as a whole. One that many runs have is told once, of the first.
  private mutating func lookAtSnapshots(_ workspace: Workspace, _ entity: EntityKey?) throws {
    let named = try workspace.store.inspect { try $0.namedSnapshots() }.compactMap { one in
      GitObjectID(hex: one.commit).map { (run: one.run, commit: $0) }
    }.filter { entity == nil || $0.run.key == entity }
    var search = SnapshotSearch(workspace.snapshots.bare, bytesMax: Self.fileBytesMax) {
      $0 == "json" ? WorkspaceScan.findings(inJSON: $1) : SecretMasking.findings(in: $1)
    }
    var runs = named[...]
    var known: [String: Int] = [:]
    try search.each(of: named.map(\.commit)) { _, hits in
      let run = runs.removeFirst().run
      guard let hits else {
        absentSnapshots += 1
        return
      }
      snapshots += 1
      guard !hits.isEmpty,
        let reference = try workspace.store.inspect({ try $0.reference(run.key) })
      else { return }
      var own: Set<String> = []
      for hit in hits where !WorkspaceScan.isOrdinary(hit.found.kind, in: hit.path) {
        let same = "\(hit.path.shown) \(hit.found.kind) \(hit.found.excerpt)"
        guard own.insert(same).inserted else { continue }
        if let place = known[same] {
          findings[place].alsoIn += 1
          continue
        }
        known[same] = findings.count
        findings.append(
          Finding(
            kind: hit.found.kind, entity: reference, field: "snapshot." + hit.path.shown,
            excerpt: hit.found.excerpt, isPresent: true, isInSnapshot: true))
      }
    }
    files += search.files
    skippedFiles += search.skippedFiles
  }

  /// Of each text by itself, under its own name: what was masked is known as such, and a mark between quotes is none.
  private static func findings(inJSON text: String) -> [SecretMasking.Finding] {
    guard let document = try? JSONParser.parse(Array(text.utf8)) else {
      return SecretMasking.findings(in: text)
    }
    var out: [SecretMasking.Finding] = []
    var open: [(name: String?, value: JSON)] = [(nil, document)]
    while let (name, value) = open.popLast() {
      switch value {
      case .string(let text): out += SecretMasking.findings(in: text, named: name)
      case .array(let items): open += items.reversed().map { (nil, $0) }
      case .object(let members):
        for member in members.reversed() {
          out += SecretMasking.findings(in: member.name)
          open.append((member.name, member.value))
        }
      case .null, .bool, .integer, .number: break
      }
    }
    return out
  }

  /// Programs are full of `token = next(tokens)`: what a name alone tells counts in files of settings.
  private static func isOrdinary(_ kind: String, in path: TreePath) -> Bool {
    guard kind == SecretKind.named, path.isBelow(TreePath("code")) else { return false }
    let name = String(decoding: path.name, as: UTF8.self).lowercased()
    return !["yaml", "yml", "json", "toml", "ini", "cfg", "conf", "env", "properties"].contains {
      name.hasSuffix("." + $0)
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
