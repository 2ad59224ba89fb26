import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import Foundation

/// The branch `configs` of the replica's git repository: what the log says of configs, as commits that any git reads.
extension Workspace {
  package static let configBranch = "configs"

  private var configsAsBranch: DerivedBranch {
    DerivedBranch(snapshots.bare, name: Workspace.configBranch)
  }

  /// Makes the branch be what the log says, if the log has grown since it was made.
  ///
  /// - Returns: the newest commit; nil while there never was a config.
  @discardableResult
  package func refreshConfigBranch() throws -> GitObjectID? {
    let moment = try store.inspect { try $0.moment() }
    let branch = configsAsBranch
    let tip = try branch.tip()
    if readMark() == mark(moment, tip) { return tip }
    let made = try branch.write(commits()).last
    keepMark(mark(moment, made))
    return made
  }

  /// Each change with the commit that it is.
  package func configCommits() throws -> [(entry: ConfigHistory.Entry, commit: GitObjectID)] {
    let history = try configHistory()
    let ids = try configsAsBranch.write(history.entries.map(commit))
    return Array(zip(history.entries, ids))
  }

  /// Takes off the disk what the branch said and says no more.
  func forgetPurgedConfigs() throws {
    let branch = configsAsBranch
    guard try branch.tip() != nil else { return }
    try branch.write(commits(), forgetting: true)
    try? FileManager.default.removeItem(atPath: markFile)
  }

  private func commits() throws -> [DerivedBranch.Commit] {
    try configHistory().entries.map(commit)
  }

  private func commit(_ entry: ConfigHistory.Entry) -> DerivedBranch.Commit {
    let change = entry.change
    let what =
      entry.deed == .rename
      ? "rename \(entry.before) to \(entry.name)" : "\(entry.deed) \(entry.name)"
    return DerivedBranch.Commit(
      author: change.owner.isEmpty ? change.device.id : change.owner,
      address: change.device.id + "@fieldbook", time: change.time,
      message: SnapshotDraft.line(what)
        + "\n\nChange: \(change.op)\nDevice: \(change.device.hex)\n",
      files: entry.files)
  }

  // MARK: What it was made from

  /// The version of the form of the commits; raised when that changes.
  private static let form = 1

  private var markFile: String { snapshots.bare.path + "/fieldbook/configs-made" }

  private func mark(_ moment: LogMoment, _ tip: GitObjectID?) -> String {
    "\(Workspace.form) \(moment.segment) \(moment.open) \(tip?.hex ?? "none")"
  }

  private func readMark() -> String? {
    FileManager.default.contents(atPath: markFile).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Without it the branch is made again the next time, which changes nothing.
  private func keepMark(_ mark: String) {
    guard FileManager.default.fileExists(atPath: snapshots.bare.path + "/HEAD") else { return }
    let folder = PathText.folder(of: markFile)
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try? Data(mark.utf8).write(to: URL(fileURLWithPath: markFile), options: .atomic)
  }
}
