import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace
import Foundation

struct CreateBundle: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "create",
    abstract: "Write what this replica holds into a file.",
    discussion: """
      With --since it leaves out what the receiver has: what a remote was last known to hold, \
      or the heads in a file that fieldbook status --json printed there.

      Examples:
        fieldbook bundle create week.bundle
        fieldbook bundle create week.bundle --since origin
        fieldbook bundle create for-bo.bundle --since bo-status.json
      """)

  @Argument(help: "The file.", completion: .file()) var file: String
  @Option(
    name: .long, help: .init("A remote, or a file with the receiver's status.", valueName: "peer"),
    completion: .file())
  var since: String?
  @Flag(name: .long, help: "Write over a file that is there.") var force = false
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.withWorkspace { workspace, console in
      let path = try AbsolutePath.of(file)
      if !force, FileManager.default.fileExists(atPath: path) {
        throw InvalidInput(
          "\(file) is there already", hint: "write over it with --force, or name another file")
      }
      let needs = try since.map { try KnownHeads.of($0, in: workspace) } ?? []
      let made = try BundleFile.create(path, from: workspace, needs: needs)
      console.status(
        Phrase("wrote \(Wording.count(made.ops, "change")), \(Wording.bytes(made.bytes)), to ")
          + Phrase(file, .bold))
      let (files, snapshots) = (
        try workspace.missingArtifacts(limit: .max).count, try workspace.lackingSnapshots().count
      )
      if files + snapshots > 0 {
        console.warning(
          "it lacks what this replica lacks: \(Wording.count(files, "file")) and "
            + "\(Wording.count(snapshots, "snapshot"))")
      }
      console.next("on the other machine: fieldbook bundle apply \(file)")
      console.show(Silent(json: BundleDocument(contents: made).json))
    }
  }
}

/// What somebody else holds, as this replica can know it.
enum KnownHeads {
  static func of(_ text: String, in workspace: Workspace) throws -> [Head] {
    if let remote = try workspace.remotes().first(where: { $0.name == text }) {
      return try remote.pin.map { try workspace.peerState($0) } ?? []
    }
    let json: String
    do {
      json = try FileCopy.text(text)
    } catch is FileFailure {
      throw InvalidInput(
        "'\(text)' is neither a remote nor a file",
        hint: "give a remote's name, or a file with the receiver's fieldbook status --json")
    }
    return try heads(inStatus: json, logs: Set(workspace.heads().map(\.log)))
  }

  /// Heads of logs that nobody here knows say nothing about what to leave out.
  static func heads(inStatus json: String, logs: Set<LogID>) throws -> [Head] {
    guard let status = StatusHeads(json: json) else {
      throw InvalidInput(
        "the file does not say which heads its replica holds",
        hint: "on the receiver's machine: fieldbook status --json > status.json")
    }
    let byName = Dictionary(
      logs.map { ($0.description, $0) }, uniquingKeysWith: { first, _ in first })
    return status.heads.compactMap { head in
      guard let log = byName[head.log], let hash = SegmentHash(hex: head.hash) else { return nil }
      return Head(log: log, number: head.seq, hash: hash)
    }
  }
}
