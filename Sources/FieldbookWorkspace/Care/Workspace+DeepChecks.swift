import FieldbookModel
import FieldbookReplication
import FieldbookStore
import Foundation

extension Workspace {
  /// Makes the state again from the log, in a copy, and compares. Takes as long as a rebuild, and as much space as the
  /// database.
  package func replayCheck() throws -> DoctorCheck {
    let folder = folderFiles.path + "/tmp/deep-" + UUID().uuidString
    try BackupFiles.makeFolder(folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let copy = folder + "/replica.sqlite"
    try copyDatabase(to: copy)
    let (_, key) = try folderFiles.read()
    let replayed = try Store(
      path: copy,
      identity: LogIdentity(
        workspace: id, signing: key, now: environment.now, random: environment.random,
        vocabulary: environment.vocabulary))
    let before = try replayed.inspect { try $0.stateHash() }
    try replayed.write(.script) { try $0.rebuild() }
    let after = try replayed.inspect { try $0.stateHash() }
    try replayed.close()
    let isEqual = before == after
    return DoctorCheck(
      name: "replay", ok: isEqual,
      detail: isEqual
        ? "the state is what the log says: \(after.prefix(16))"
        : "the log says \(after.prefix(16)), the state is \(before.prefix(16))",
      fix: isEqual ? nil : "fieldbook rebuild")
  }
}
