import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

extension Capture {
  /// Takes a snapshot of the project that the command runs in, with what else was captured.
  ///
  /// - Parameter parameters: the resolved ones, as they are recorded.
  mutating func takeSnapshot(
    of run: RunID, _ request: RunRequest, parameters: [EntryKey: String], _ workspace: Workspace
  ) throws {
    let limits = try SnapshotSettings.limits(request.variables)
    let code: SnapshotDraft.Code? =
      if let origin = request.origin {
        .asIn(origin.commit, large: origin.large)
      } else {
        self.listing(request.folder, limits).map { .folder($0) }
      }
    let recorded = try workspace.run(run)
    var draft = SnapshotDraft(
      run: run.hex, code: code, author: recorded.user ?? workspace.device.name,
      address: workspace.device.name, time: recorded.startTime,
      secret: SecretMasking.unmistakable(in:))
    draft.limits = limits
    let (commit, folder) = try workspace.takeSnapshot(of: run, draft) { [self] folder in
      SnapshotDraft.Rest(
        files: files(folder, parameters, request),
        message: Capture.message(recorded, workspace.deviceKey, environment["git_commit"]))
    }
    guard let folder else { return }
    let bytes = request.origin == nil ? ByteSize.words(folder.bytes) : "as in the first run"
    let isElsewhere = Capture.place(of: request.folder, in: folder.root) != "."
    let place = isElsewhere && request.origin == nil ? " in \(folder.root)" : ""
    captured.append(
      "\(Amount.of(folder.files, "file")) of code\(place) (\(bytes), snapshot \(commit.hex.prefix(8)))"
    )
    tell(folder.leftOut)
  }

  /// Nil if no code can be taken.
  private mutating func listing(_ folder: String, _ limits: SnapshotLimits) -> FolderListing? {
    do {
      return try FolderListing(folder, limits: limits)
    } catch {
      let reason = (error as? any Failure)?.message ?? SystemReason.words(error)
      notCaptured.append("code (\(reason))")
      return nil
    }
  }

  private static let namesMax = 5

  /// The first few by name, the rest by number; all of them are in the snapshot's `code.json`.
  private mutating func tell(_ leftOut: [LeftOut]) {
    for one in leftOut.prefix(Capture.namesMax) {
      notCaptured.append("\(one.path.shown) (\(one.reason.words))")
    }
    if leftOut.count > Capture.namesMax {
      notCaptured.append(
        Amount.of(leftOut.count - Capture.namesMax, "more file") + " of the project")
    }
  }

  // MARK: What lies beside the code

  private func files(
    _ folder: FolderSnapshot?, _ parameters: [EntryKey: String], _ request: RunRequest
  ) -> [(path: TreePath, bytes: [UInt8])] {
    let resolved = Dictionary(uniqueKeysWithValues: parameters.map { ($0.key.text, $0.value) })
    let own: [(String, [UInt8])] = [
      ("code.json", Documents.pretty(codeFacts(folder, request))),
      ("data.json", Documents.pretty(DataDocument(data, root: root(folder, request)))),
      ("config/resolved.json", Documents.pretty(resolved)),
      ("config/overrides.json", Documents.pretty(resolved.filter { overridden.contains($0.key) })),
      ("environment/environment.json", Documents.pretty(environment)),
    ]
    let taken = Set(own.map(\.0))
    let others = artifacts.map { path, bytes -> (String, [UInt8]) in
      guard taken.contains(path) else { return (path, bytes) }
      let name = (path as NSString).lastPathComponent
      return (PathText.folder(of: path) + "/given-" + name, bytes)
    }
    return (own + others).map { (TreePath($0.0), $0.1) }
  }

  private func codeFacts(_ snapshot: FolderSnapshot?, _ request: RunRequest) -> CodeFacts {
    let command = SecretMasking.maskArguments(request.command).masked
    if var facts = request.origin?.facts {
      facts.command = command
      return facts
    }
    var facts = CodeFacts(command: command, environment: environment)
    if let snapshot {
      facts.add(snapshot, folder: Capture.place(of: request.folder, in: snapshot.root))
    }
    return facts
  }

  /// The project's top.
  private func root(_ snapshot: FolderSnapshot?, _ request: RunRequest) -> String? {
    request.origin?.root ?? snapshot?.root
  }

  /// Where the command ran, as the project's top sees it: `.` or `sub/folder`.
  static func place(of folder: String, in root: String) -> String {
    let own = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
    let top = URL(fileURLWithPath: root).resolvingSymlinksInPath().path
    return own.hasPrefix(top + "/") ? String(own.dropFirst(top.count + 1)) : "."
  }

  private static func message(_ run: Run, _ device: DeviceKey, _ commit: String?) -> String {
    var lines = [SnapshotDraft.line(run.name), "", "Run: \(run.id.hex)"]
    lines.append("Experiment: " + SnapshotDraft.line(run.experimentName))
    if let commit { lines.append("Code-commit: " + SnapshotDraft.line(commit)) }
    lines.append("Device: " + device.hex)
    return lines.joined(separator: "\n") + "\n"
  }
}
