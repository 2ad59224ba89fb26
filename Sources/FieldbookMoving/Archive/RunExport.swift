import Crypto
import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// One run, whole, as an archive that a person can open and another workspace can take in.
package struct RunExport {
  /// What was written.
  package struct Outcome: Equatable, Sendable {
    package var bytes: Int64
    /// Of the run.
    package var files = 0
    package var points: Int64 = 0
    package var hasSnapshot = false
    /// Files whose bytes are not on this replica: named in the archive, and not in it.
    package var missing: [String] = []
    /// The run names a snapshot that is not on this replica.
    package var lacksSnapshot = false
  }

  private let workspace: Workspace
  private let run: Run
  private let form: ArchiveForm
  /// `run.json`.
  private let document: [UInt8]

  /// - Parameter document: what `fieldbook show RUN --json` prints.
  package init(_ run: Run, in workspace: Workspace, form: ArchiveForm, document: [UInt8]) {
    self.run = run
    self.workspace = workspace
    self.form = form
    self.document = document
  }

  /// Writes beside `path` first, so that there is a whole archive or none.
  ///
  /// - Parameter force: one that is there is written over.
  /// - Throws: `MovingFailure.cannotWrite`; `WorkspaceFailure.artifactDamaged` for a file that is no longer what was recorded.
  package func write(to path: String, force: Bool) throws -> Outcome {
    func refusal(_ reason: String) -> any Error {
      MovingFailure.cannotWrite(path: path, reason: reason)
    }
    do {
      return try ArchiveLocale.use {
        try PartFile.write(path, overwriting: force, refusal: refusal) { file in
          var outcome = try fill(file, path)
          guard fsync(file) == 0 else { throw refusal(String(cString: strerror(errno))) }
          var info = stat()
          if fstat(file, &info) == 0 { outcome.bytes = Int64(info.st_size) }
          return outcome
        }
      }
    } catch is PartFile.Exists {
      throw RunExport.exists(path)
    }
  }

  package static func exists(_ path: String) -> InvalidInput {
    InvalidInput(
      "\(path) is there already", hint: "write over it with --force, or name another file")
  }

  // MARK: What goes in

  private func fill(_ file: Int32, _ path: String) throws -> Outcome {
    let table = try SpooledTable(beside: path)
    for key in run.metrics.keys.sorted() {
      try table.add(MetricSeries(key: key, points: try workspace.metricHistory(run.id, key: key)))
    }
    let manifest = try manifest(try table.finish())
    let bytes = manifest.bytes
    // What could not be read back is not handed out.
    do { _ = try RunManifest(bytes) } catch let failure as ManifestFailure {
      throw MovingFailure.unsupported(
        "\(run.name) does not fit one archive: \(failure.reason)",
        hint: "send the workspace instead: fieldbook bundle create FILE")
    }
    let archive = try ArchiveWriter(
      form, to: file, path: path, time: run.startTime.milliseconds / 1000)
    let top = RunExport.top(run)
    var outcome = Outcome(bytes: 0, files: manifest.files.count, points: manifest.metrics.points)
    outcome.hasSnapshot = manifest.snapshot != nil
    outcome.lacksSnapshot = manifest.snapshot == nil && run.environment["snapshot"] != nil
    outcome.missing = manifest.files.filter { $0.place == nil }.map(\.path)
    try archive.add(top + "README.txt", ArchiveReadme.text(manifest, outcome))
    try archive.add(top + RunManifest.fileName, bytes)
    try archive.add(top + "run.json", document)
    try archive.add(top + "params.csv", RunExport.table("param", run.parameters))
    try archive.add(top + "tags.csv", RunExport.table("tag", run.tags))
    try archive.add(top + RunManifest.metricsName, size: manifest.metrics.byteCount) { write in
      try table.read(write)
    }
    try addSnapshot(manifest, top, archive)
    try addFiles(manifest, top, archive)
    try archive.finish()
    return outcome
  }

  /// The folder that all is in: `brisk-heron-412-a3f91c02/`.
  private static func top(_ run: Run) -> String {
    let name = run.name.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        ? String(scalar) : "-"
    }.joined().prefix(60)
    return "\(name)-\(run.id.hex.prefix(8))/"
  }

  private static func table(_ head: String, _ entries: [String: String]) -> [UInt8] {
    let rows = entries.sorted { $0.key < $1.key }.map { key, value in
      MetricTable.field(key) + "," + MetricTable.field(value) + "\n"
    }
    return Array(("\(head),value\n" + rows.joined()).utf8)
  }

  private func addSnapshot(_ manifest: RunManifest, _ top: String, _ archive: ArchiveWriter) throws
  {
    guard let snapshot = manifest.snapshot else { return }
    let parts = Dictionary(uniqueKeysWithValues: snapshot.parts.map { ($0.path, $0) })
    try workspace.snapshots.bare.eachFile(of: snapshot.commit) { file, bytes in
      guard let part = parts[file.path], case .whole(let place, _, _) = part.body else { return }
      try archive.add(top + place, bytes, isProgram: part.isProgram)
    }
  }

  private func addFiles(_ manifest: RunManifest, _ top: String, _ archive: ArchiveWriter) throws {
    // One content under two names is read twice: a person's disk wants both.
    for file in manifest.files {
      guard let place = file.place else { continue }
      let artifact = Artifact(
        path: file.path, digest: file.digest, byteCount: file.byteCount, isHere: true)
      try archive.add(top + place, size: file.byteCount) { write in
        try workspace.readVerified(artifact, write)
      }
    }
  }

  // MARK: What it says

  private func manifest(_ metrics: RunManifest.Metrics) throws -> RunManifest {
    var places = ArchivePlaces()
    for name in ["README.txt", RunManifest.fileName, "run.json", "params.csv", "tags.csv"] {
      _ = places.unique(name)
    }
    _ = places.unique(RunManifest.metricsName)
    let snapshot = try snapshot(&places)
    var large: Set<String> = []
    for part in snapshot?.parts ?? [] {
      if case .pointer = part.body, let path = part.path.exactText { large.insert(path) }
    }
    let files = try workspace.artifacts(run.id).map { artifact in
      let path = Array(artifact.path.utf8)
      // Large files of the code lie where the code lies.
      let place =
        large.contains(artifact.path)
        ? places.place(path) : places.place(path, below: "artifacts/")
      return RunManifest.File(
        path: artifact.path, digest: artifact.digest, byteCount: artifact.byteCount,
        place: artifact.isHere ? place : nil)
    }
    var tags = run.tags
    let told = TravellingTags(taking: &tags)
    let conflicts = try Outgoing(workspace).conflictTags(of: run.id.key)
    let experiment = try? workspace.experiment(run.experiment)
    return RunManifest(
      run: run.id, name: run.name, experiment: run.experimentName,
      experimentTime: experiment?.createdTime.milliseconds, state: run.state,
      startTime: run.startTime.milliseconds, isDeleted: run.lifecycle == .deleted,
      user: run.user, device: told.device ?? run.device, parent: run.parent,
      description: run.description, parameters: run.parameters, tags: tags, labels: run.labels,
      environment: run.environment,
      comments: told.comments
        + run.comments.map {
          .init(text: $0.text, author: $0.author, time: $0.time.milliseconds)
        }, datasets: run.datasets, modelInputs: run.modelInputs, modelOutputs: run.modelOutputs,
      conflicts: Dictionary(
        uniqueKeysWithValues: conflicts.map {
          (String($0.key.dropFirst(MovingTag.conflict.count)), $0.value)
        }
      ).merging(told.conflicts) { present, _ in present }, metrics: metrics, files: files,
      snapshot: snapshot)
  }

  private func snapshot(_ places: inout ArchivePlaces) throws -> RunManifest.Snapshot? {
    guard let commit = run.environment["snapshot"].flatMap(GitObjectID.init(hex:)),
      let object = try workspace.snapshots.bare.object(ofCommit: commit)
    else { return nil }
    let known = Dictionary(
      run.artifacts.map { ($0.path, $0.digest) }, uniquingKeysWith: { first, _ in first })
    var parts: [RunManifest.SnapshotPart] = []
    try workspace.snapshots.bare.eachFile(of: commit) { file, bytes in
      let isProgram = file.entry.kind == .program
      let body: RunManifest.SnapshotPart.Body
      if file.entry.kind == .link {
        body = .link(target: bytes)
      } else if let pointer = FilePointer(bytes), let path = file.path.exactText,
        known[path] == pointer.digest
      {
        body = .pointer(pointer)
      } else {
        body = .whole(
          place: places.place(file.path.bytes),
          digest: ContentDigest(bytes: Array(SHA256.hash(data: bytes)))!,
          byteCount: Int64(bytes.count))
      }
      parts.append(.init(path: file.path, isProgram: isProgram, body: body))
    }
    return RunManifest.Snapshot(commit: commit, object: object, parts: parts)
  }
}
