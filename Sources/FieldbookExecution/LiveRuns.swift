import FieldbookModel
import FieldbookWorkspace
import Foundation

/// Runs that a process of this machine is recording now: one small file each, gone when the run ends.
package enum LiveRuns {
  private static func folder(_ workspace: Workspace) -> String { workspace.folder + "/live" }

  private static func file(_ workspace: Workspace, _ run: RunID) -> String {
    folder(workspace) + "/" + run.hex
  }

  package static func begin(_ workspace: Workspace, _ run: RunID) throws {
    try? FileManager.default.createDirectory(
      atPath: folder(workspace), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    let pid = ProcessInfo.processInfo.processIdentifier
    let text = "\(pid) \(startTime(of: pid) ?? "") \(bootID)"
    try Data(text.utf8).write(to: URL(fileURLWithPath: file(workspace, run)))
  }

  package static func end(_ workspace: Workspace, _ run: RunID) {
    try? FileManager.default.removeItem(atPath: file(workspace, run))
  }

  /// True for a run that `fieldbook run` recorded here and whose process is gone.
  package static func isVanished(_ run: RunID, in workspace: Workspace) -> Bool {
    guard let data = FileManager.default.contents(atPath: file(workspace, run)), data.count < 4096
    else {
      return false
    }
    let parts = String(decoding: data, as: UTF8.self).split(separator: " ").map(String.init)
    guard parts.count == 3, let pid = Int32(parts[0]) else { return false }
    return parts[2] != bootID || startTime(of: pid) != parts[1]
  }

  /// Marks runs whose process is gone as failed; what they had recorded stays.
  @discardableResult
  package static func recover(_ workspace: Workspace) throws -> [RunID] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder(workspace))) ?? []
    return try names.sorted().compactMap { RunID(hex: $0) }.filter { run in
      guard isVanished(run, in: workspace) else { return false }
      if try !workspace.run(run).state.status.isFinal {
        try workspace.setTag(run.key, EntryKey("fieldbook.vanished"), "true", durability: .script)
        try workspace.setState(
          run,
          RunState(status: .failed, endTime: Timestamp(milliseconds: workspace.environment.now())),
          durability: .person)
      }
      end(workspace, run)
      return true
    }
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
