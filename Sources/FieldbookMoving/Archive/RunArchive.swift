import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace
import Foundation

/// An archive of one run, looked through from its beginning to its end: it holds what it says, byte by byte, and the snapshot's files make
/// the snapshot. Nothing is written before that is known.
package final class RunArchive {
  package let path: String
  package let manifest: RunManifest
  /// Files in it that nothing needs, such as `README.txt` and what somebody put beside.
  package private(set) var others: [String] = []
  private let top: [String]
  private let contents: [String: (digest: ContentDigest, byteCount: Int64)]
  private static let ownNames: Set = ["README.txt", "run.json", "params.csv", "tags.csv"]
  private static let othersMax = 100

  /// - Throws: `MovingFailure.notA` for what is no archive, `.unsupported` for one that is not taken in.
  package init(_ path: String) throws {
    self.path = path
    do {
      (manifest, top) = try ArchiveLocale.use { try RunArchive.manifest(in: path) }
      contents = manifest.contents
      try ArchiveLocale.use { try check() }
    } catch MovingFailure.damaged(let path, let reason) {
      throw MovingFailure.unsupported(
        "\(path) is damaged: \(reason)",
        hint: "nothing of it was taken in; copy it again from where it was written")
    }
  }

  // MARK: Finding

  private static func manifest(in path: String) throws -> (RunManifest, top: [String]) {
    let reader = try ArchiveReader(path)
    var searched: Int64 = 0
    while let entry = try reader.next() {
      guard !entry.isFolder, entry.parts.count <= 2, entry.parts.last == RunManifest.fileName
      else {
        searched += try reader.skip(
          atMost: ArchiveLimits.searchedBytes - searched, named: entry.path)
        continue
      }
      let bytes = try reader.whole(atMost: ArchiveLimits.manifestBytes, named: entry.path)
      do { return (try RunManifest(bytes), entry.parts.dropLast()) } catch let failure
        as ManifestFailure
      {
        throw MovingFailure.damaged(
          path: path, reason: "\(RunManifest.fileName) does not read: \(failure.reason)")
      } catch let newer as NewerManifest {
        throw MovingFailure.unsupported(
          "\(path) was made by a newer Fieldbook: it has format \(newer.format), and this one reads"
            + " up to \(RunManifest.format)",
          hint: "nothing of it was taken in; update fieldbook on this machine")
      }
    }
    throw MovingFailure.notA(
      what: ArchiveReader.what, path: path, reason: "it holds no \(RunManifest.fileName)")
  }

  // MARK: Checking

  private func check() throws {
    let rebuilding = try rebuilding(in: nil)
    var blobs = RunArchive.blobs(manifest)
    var seen: Set<String> = []
    var otherBytes: Int64 = 0
    try eachFile { reader, entry, name in
      guard let name, let expected = contents[name] else {
        otherBytes += try skipOther(reader, entry, name)
        guard otherBytes <= ArchiveLimits.allOtherBytes else {
          throw reader.refusal("it holds too much that a run does not need")
        }
        return
      }
      guard seen.insert(name).inserted else { throw reader.refusal("'\(name)' is in it twice") }
      let piecewise = VerifiedPieces(reader, name: name, expected: expected, path: path)
      if name == RunManifest.metricsName {
        try MetricTable.read(path: path, more: piecewise.next) { _ in }
        try piecewise.finish()
      } else if let parts = blobs.removeValue(forKey: name), let rebuilding {
        try add(parts, try piecewise.whole(), to: rebuilding)
      } else {
        try piecewise.finish()
      }
    }
    for name in contents.keys.sorted() where !seen.contains(name) {
      throw MovingFailure.damaged(path: path, reason: "'\(name)' is missing in it")
    }
    if let rebuilding { try finish(rebuilding) }
  }

  private func skipOther(
    _ reader: ArchiveReader, _ entry: ArchiveReader.Entry, _ name: String?
  ) throws -> Int64 {
    let isOwn = name == RunManifest.fileName || name.map(RunArchive.ownNames.contains) == true
    if !isOwn, others.count < RunArchive.othersMax { others.append(entry.path) }
    return try reader.skip(atMost: ArchiveLimits.otherBytes, named: entry.path)
  }

  private func eachFile(
    _ body: (ArchiveReader, ArchiveReader.Entry, _ name: String?) throws -> Void
  ) throws {
    let reader = try ArchiveReader(path)
    while let entry = try reader.next() {
      if entry.isFolder { continue }
      let isBelow = entry.parts.starts(with: top) && entry.parts.count > top.count
      let name = isBelow ? entry.parts.dropFirst(top.count).joined(separator: "/") : nil
      try body(reader, entry, name)
    }
  }

  // MARK: The snapshot

  /// Files of the snapshot by where they lie in the archive.
  private static func blobs(_ manifest: RunManifest) -> [String: [RunManifest.SnapshotPart]] {
    var out: [String: [RunManifest.SnapshotPart]] = [:]
    for part in manifest.snapshot?.parts ?? [] {
      if case .whole(let place, _, _) = part.body { out[place, default: []].append(part) }
    }
    return out
  }

  /// - Parameter snapshots: nil for a trial.
  private func rebuilding(in snapshots: SnapshotRepository?) throws -> SnapshotRebuilding? {
    guard let snapshot = manifest.snapshot else { return nil }
    return try told {
      let rebuilding = try SnapshotRebuilding(
        snapshot.commit, object: snapshot.object, in: snapshots)
      for part in snapshot.parts {
        let kind: TreeEntry.Kind = part.isProgram ? .program : .file
        switch part.body {
        case .whole: break
        case .pointer(let pointer): try rebuilding.add(part.path, kind, Array(pointer.text.utf8))
        case .link(let target): try rebuilding.add(part.path, .link, target)
        }
      }
      return rebuilding
    }
  }

  private func add(
    _ parts: [RunManifest.SnapshotPart], _ bytes: [UInt8], to rebuilding: SnapshotRebuilding
  ) throws {
    try told {
      for part in parts { try rebuilding.add(part.path, part.isProgram ? .program : .file, bytes) }
    }
  }

  private func finish(_ rebuilding: SnapshotRebuilding) throws {
    try told { try rebuilding.finish(run: manifest.run.hex) }
  }

  /// What a snapshot that is none is called here.
  private func told<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let failure as SnapshotFailure {
      throw MovingFailure.damaged(path: path, reason: failure.message)
    }
  }

  // MARK: Taking in

  /// The contents first, then the snapshot, then what names them: whatever ends this half way, the log names nothing that is not here.
  package func take(
    into workspace: Workspace, tell: @escaping (Census) -> Void = { _ in }
  ) throws -> MoveReport {
    try workspace.store.inspect { try $0.checkMayWrite() }
    try ArchiveLocale.use { try takeContents(workspace) }
    let known = try? workspace.run(manifest.run)
    var report = try Intake.run(
      ArchivedRun(self, experiment: known?.experimentName ?? manifest.experiment), into: workspace,
      tell: tell)
    if let snapshot = manifest.snapshot {
      report.there[.snapshots] = 1
      let here = try workspace.snapshots.bare.commit(of: manifest.run.hex)
      report.arrived[.snapshots] = here == snapshot.commit ? 1 : 0
    }
    for note in try notes(workspace) { report.note(note) }
    return report
  }

  private func takeContents(_ workspace: Workspace) throws {
    var wanted: [String: ContentDigest] = [:]
    for file in manifest.files {
      guard let place = file.place, !workspace.contentStore.contains(file.digest),
        try !workspace.store.inspect({ try $0.isPurged(file.digest) })
      else { continue }
      wanted[place] = file.digest
    }
    let isKnown =
      try manifest.snapshot?.commit == workspace.snapshots.bare.commit(of: manifest.run.hex)
    let rebuilding = isKnown ? nil : try rebuilding(in: workspace.snapshots)
    var blobs = rebuilding == nil ? [:] : RunArchive.blobs(manifest)
    guard !wanted.isEmpty || rebuilding != nil else { return }
    try checkRoom(wanted, workspace)
    try eachFile { reader, _, name in
      guard let name, let expected = contents[name] else { return }
      let pieces = VerifiedPieces(reader, name: name, expected: expected, path: path)
      if let parts = blobs.removeValue(forKey: name), let rebuilding {
        try add(parts, try pieces.whole(), to: rebuilding)
      } else if wanted.removeValue(forKey: name) != nil {
        try put(pieces, workspace)
      }
    }
    if let rebuilding { try finish(rebuilding) }
  }

  private func put(_ pieces: VerifiedPieces, _ workspace: Workspace) throws {
    let staging = try workspace.artifactStagingFile()
    defer { unlink(staging) }
    guard let file = FileHandle(forWritingAtPath: staging) else {
      throw MovingFailure.cannotWrite(path: staging, reason: String(cString: strerror(errno)))
    }
    do {
      defer { try? file.close() }
      do {
        while let piece = try pieces.piece() { try file.write(contentsOf: piece) }
      } catch let failure where SystemReason.line(failure) != nil {
        throw MovingFailure.cannotWrite(path: staging, reason: SystemReason.words(failure))
      }
    }
    try pieces.finish()
    _ = try workspace.contentStore.put(file: staging)
  }

  /// Told before anything is written. What the disk says may be wrong: then it is told later.
  private func checkRoom(_ wanted: [String: ContentDigest], _ workspace: Workspace) throws {
    let needed = wanted.keys.reduce(Int64(0)) { $0 &+ (contents[$1]?.byteCount ?? 0) }
    var info = statvfs()
    guard statvfs(workspace.folder, &info) == 0 else { return }
    let free = Int64(
      clamping: UInt64(info.f_bavail).multipliedReportingOverflow(
        by: UInt64(info.f_frsize)
      ).partialValue)
    guard needed > free else { return }
    throw MovingFailure.cannotWrite(
      path: workspace.folder,
      reason: "\(ByteSize.words(needed)) come, and \(ByteSize.words(free)) are free")
  }

  private func notes(_ workspace: Workspace) throws -> [String] {
    var notes: [String] = []
    let absent = manifest.files.filter { $0.place == nil }.map(\.digest)
      .count { !workspace.contentStore.contains($0) }
    if absent > 0 {
      notes.append(
        "\(Amount.of(absent, "file", ("of it was", "of it were"))) not at hand when the archive was made: known, and not here yet"
      )
    }
    if manifest.snapshot == nil, manifest.environment["snapshot"] != nil {
      notes.append("its code was not at hand when the archive was made")
    }
    if let parent = manifest.parent, (try? workspace.run(parent)) == nil {
      notes.append("the run that it belongs to, \(parent.hex.prefix(8)), is not here")
    }
    if !others.isEmpty {
      notes.append("left in the archive: \(others.prefix(5).joined(separator: ", "))")
    }
    return notes
  }

  // MARK: Points

  func eachSeries(_ body: (MetricSeries) throws -> Void) throws {
    try ArchiveLocale.use {
      try eachFile { reader, _, name in
        guard name == RunManifest.metricsName, let expected = contents[RunManifest.metricsName]
        else { return }
        let pieces = VerifiedPieces(
          reader, name: RunManifest.metricsName, expected: expected, path: path)
        try MetricTable.read(path: path, more: pieces.next, body)
        try pieces.finish()
      }
    }
  }
}
