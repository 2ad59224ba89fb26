import FieldbookModel
import FieldbookWorkspace
import Foundation

/// Runs that a process of this machine is recording now: one small file each, gone when the run ends.
package enum LiveRuns {
  private static func file(_ workspace: Workspace, _ run: RunID) -> String {
    workspace.liveFolder + "/" + run.hex
  }

  package static func begin(_ workspace: Workspace, _ run: RunID) throws {
    try? FileManager.default.createDirectory(
      atPath: workspace.liveFolder, withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    let pid = ProcessInfo.processInfo.processIdentifier
    let text = "\(pid) \(startTime(of: pid) ?? "") \(bootID)"
    try Data(text.utf8).write(
      to: URL(fileURLWithPath: file(workspace, run)), options: .atomic)
  }

  /// Remembers how the command ended where the replica could not be told: what is added fits into the file's own block,
  /// and so on a full disk too.
  static func noteEnd(_ workspace: Workspace, _ run: RunID, status: Int32, time: Timestamp) {
    guard let handle = FileHandle(forUpdatingAtPath: file(workspace, run)) else { return }
    _ = try? handle.seekToEnd()
    try? handle.write(contentsOf: Data(" \(status) \(time.milliseconds)".utf8))
    try? handle.close()
  }

  /// What `noteEnd` wrote.
  private static func notedEnd(_ workspace: Workspace, _ run: RunID) -> (Int32, Timestamp)? {
    let parts = parts(workspace, run)
    guard parts.count == 5, let status = Int32(parts[3]), let time = Int64(parts[4]) else {
      return nil
    }
    return (status, Timestamp(milliseconds: time))
  }

  /// Process id, its start, the boot; then maybe how the command ended, and when.
  private static func parts(_ workspace: Workspace, _ run: RunID) -> [String] {
    guard let data = FileManager.default.contents(atPath: file(workspace, run)), data.count < 4096
    else { return [] }
    return String(decoding: data, as: UTF8.self).split(separator: " ").map(String.init)
  }

  package static func end(_ workspace: Workspace, _ run: RunID) {
    for path in [file(workspace, run)]
      + RunOutput.allCases.map({ $0.file(run, in: workspace) })
      + configs.map({ configFile(workspace, run, $0) })
    {
      try? FileManager.default.removeItem(atPath: path)
    }
  }

  private static let configs = ["config.yaml", "config.json"]

  private static func configFile(_ workspace: Workspace, _ run: RunID, _ name: String) -> String {
    file(workspace, run) + "." + name
  }

  /// The config as the run uses it, for its script.
  ///
  /// - Returns: the file, which is there as long as the run goes on.
  static func write(_ config: UsedConfig, _ workspace: Workspace, _ run: RunID) throws -> String {
    let path = configFile(workspace, run, "config." + config.ending)
    guard
      FileManager.default.createFile(
        atPath: path, contents: Data(config.bytes),
        attributes: [.posixPermissions: 0o600])
    else {
      throw WorkspaceFailure.cannotWrite(path: path, reason: String(cString: strerror(errno)))
    }
    return path
  }

  /// True while a process of this machine records the run.
  package static func isRecorded(_ run: RunID, in workspace: Workspace) -> Bool {
    !parts(workspace, run).isEmpty && !isVanished(run, in: workspace)
  }

  /// True for a run that `fieldbook run` recorded here and whose process is gone.
  package static func isVanished(_ run: RunID, in workspace: Workspace) -> Bool {
    let parts = parts(workspace, run)
    guard parts.count == 3 || parts.count == 5, let pid = Int32(parts[0]) else { return false }
    return parts[2] != bootID || startTime(of: pid) != parts[1]
  }

  /// Marks runs whose process is gone as failed; what they had recorded stays, and their output is kept.
  @discardableResult
  package static func recover(_ workspace: Workspace) throws -> [RunID] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: workspace.liveFolder)) ?? []
    clearOrphans(names, workspace)
    return try names.sorted().compactMap { RunID(hex: $0) }.filter { run in
      guard isVanished(run, in: workspace) else { return false }
      // A run that was deleted since, or that came from a backup taken before it, has nothing to be marked.
      if let known = try known(run, workspace), known.lifecycle == .active {
        try keepOutput(of: run, workspace)
        if let (status, time) = notedEnd(workspace, run) {
          try RunCommand.finish(run, status, at: time, workspace)
        } else if !known.state.status.isFinal {
          try fail(run, workspace)
        }
      }
      end(workspace, run)
      return true
    }
  }

  /// Copies of output whose run nobody records any more: one was killed while it cleared away.
  private static func clearOrphans(_ names: [String], _ workspace: Workspace) {
    for name in names where configs.contains(where: { name.hasSuffix("." + $0) }) {
      let run = RunID(hex: name.prefix(32))
      guard let run, !FileManager.default.fileExists(atPath: file(workspace, run)) else { continue }
      unlink(workspace.liveFolder + "/" + name)
    }
    for name in names {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2, let output = RunOutput(rawValue: parts[1]),
        let run = RunID(hex: parts[0]),
        !FileManager.default.fileExists(atPath: file(workspace, run))
      else { continue }
      let isKept = try? known(run, workspace).map { try keepOutput(of: $0.id, workspace) }
      let path = output.file(run, in: workspace)
      var info = stat()
      if isKept != nil || stat(path, &info) == 0 && info.st_size == 0 { unlink(path) }
    }
  }

  private static func known(_ run: RunID, _ workspace: Workspace) throws -> Run? {
    do { return try workspace.run(run) } catch WorkspaceFailure.notFound { return nil }
  }

  private static func fail(_ run: RunID, _ workspace: Workspace) throws {
    try workspace.setTag(run.key, EntryKey("fieldbook.vanished"), "true", durability: .script)
    let now = Timestamp(milliseconds: workspace.environment.now())
    try workspace.setState(run, RunState(status: .failed, endTime: now), durability: .person)
  }

  // MARK: Output

  /// Makes the streams' copies artifacts; the names of those that were not empty.
  @discardableResult
  static func keepOutput(of run: RunID, _ workspace: Workspace) throws -> [String] {
    try RunOutput.allCases.filter { output in
      let file = output.file(run, in: workspace)
      let size = (try? FileManager.default.attributesOfItem(atPath: file))?[.size] as? Int ?? 0
      if size > 0 { _ = try workspace.putArtifact(run, path: output.artifactPath, file: file) }
      try? FileManager.default.removeItem(atPath: file)
      return size > 0
    }.map(\.rawValue)
  }

  /// Field 22 of /proc/PID/stat: a process id alone is used again. Source: proc(5).
  private static func startTime(of pid: Int32) -> String? {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: end)...].split(separator: " ")
    return fields.count > 19 ? String(fields[19]) : nil
  }

  private static let bootID =
    ((try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? "boot")
    .trimmingCharacters(in: .whitespacesAndNewlines)
}
