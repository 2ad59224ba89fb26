import FieldbookModel
import FieldbookRepository

extension Workspace {
  /// Compares two runs. What is not on this replica (a snapshot, a list of packages) is left uncompared, and is so told.
  package func verification(
    of first: RunID, and second: RunID, tolerance: MetricTolerance = MetricTolerance()
  ) throws -> RunVerification {
    let (one, other) = (try run(first), try run(second))
    var trees = (try codeTree(of: one), try codeTree(of: other))
    if let ours = trees.0, let theirs = trees.1, ours.id != theirs.id {
      trees.0?.files = try codeFiles(of: one)
      trees.1?.files = try codeFiles(of: other)
    }
    return try RunVerification(
      one, other,
      surroundings: (
        .init(code: trees.0, packages: try packages(of: one)),
        .init(code: trees.1, packages: try packages(of: other))
      ), tolerance: tolerance
    ) { try metricHistory($0, key: $1) }
  }

  private func commit(of run: Run) -> GitObjectID? {
    run.environment["snapshot"].flatMap(GitObjectID.init(hex:))
  }

  /// Nil if the run has no snapshot with code, or it is not here.
  private func codeTree(of run: Run) throws -> RunVerification.CodeTree? {
    guard let commit = commit(of: run), let top = try snapshots.bare.top(of: commit),
      let code = top.first(where: { $0.path == TreePath("code") })
    else { return nil }
    return RunVerification.CodeTree(id: code.entry.object.hex)
  }

  private func codeFiles(of run: Run) throws -> [String: String] {
    guard let commit = commit(of: run) else { return [:] }
    let code = TreePath("code")
    var files: [String: String] = [:]
    for file in try snapshots.bare.files(of: commit)
    where file.entry.kind != .folder && file.path.isBelow(code) {
      let mark = file.entry.kind == .program ? " program" : file.entry.kind == .link ? " link" : ""
      files[file.path.shown] = file.entry.object.hex + mark
    }
    return files
  }

  static let packageList = "environment/packages.txt"
  private static let packageListBytes: Int64 = 8 << 20

  /// Nil if nothing was captured, or it is not here.
  private func packages(of run: Run) throws -> [String: String]? {
    guard let list = run.artifacts.first(where: { $0.path == Workspace.packageList }),
      list.isHere, list.byteCount <= Workspace.packageListBytes
    else { return nil }
    var bytes: [UInt8] = []
    try readVerified(list) { bytes += $0 }
    return PackageList.versions(bytes)
  }
}

/// Packages of an interpreter, one a line: `NAME==VERSION`.
package enum PackageList {
  /// By name; lines of another form are left out.
  package static func versions(_ bytes: [UInt8]) -> [String: String] {
    var out: [String: String] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      guard let sign = line.firstRange(of: "==") else { continue }
      let (name, version) = (line[..<sign.lowerBound], line[sign.upperBound...])
      guard !name.isEmpty, !version.isEmpty else { continue }
      out[String(name)] = String(version)
    }
    return out
  }
}
