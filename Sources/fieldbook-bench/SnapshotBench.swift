import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import Foundation

/// Snapshots of a project of 5,000 files, beside what git takes for the same.
enum SnapshotBench {
  private static let files = 5000

  static func snapshots(rounds: Int) throws -> [BenchRow] {
    let folder = NSTemporaryDirectory() + "/fieldbook-bench-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var times: [String: [Double]] = [:]
    func measure(_ name: String, _ body: () throws -> Void) throws {
      times[name, default: []].append(try Measurement.seconds(body))
    }
    for round in 0..<min(rounds, 5) {
      let git = try GitFolder(folder + "/project-\(round)")
      try fill(git)
      let contents = try ContentStore(folder: folder + "/store-\(round)")
      let repository = SnapshotRepository(
        path: folder + "/store-\(round)/repository.git", contents: contents)
      try measure("first") { try take("a", git.path, repository) }
      try measure("git first") {
        try git.git("add", "--all")
        try git.git("write-tree")
      }
      try git.commit("all")
      // What was written a moment ago is read again.
      Thread.sleep(forTimeInterval: 2.1)
      try take("b", git.path, repository)
      try measure("unchanged") { try take("c", git.path, repository) }
      try measure("git unchanged") {
        try git.git("add", "--all")
        try git.git("write-tree")
      }
      try git.write("print('changed')\n", to: "pkg7/7.py")
      try measure("changed") { try take("d", git.path, repository) }
      try measure("git stash") { try git.git("stash", "create") }
    }
    func row(
      _ name: String, _ own: String, _ peer: String, _ peerName: String, _ target: BenchTarget
    )
      -> BenchRow
    {
      BenchRow(
        name: "snapshot of 5,000 files, \(name)",
        value: 1000 * Measurement.median(times[own] ?? []),
        unit: "ms", peer: 1000 * Measurement.median(times[peer] ?? []), peerName: peerName,
        target: target)
    }
    return [
      row("the first", "first", "git first", "git add, write-tree", .none),
      row("unchanged", "unchanged", "git unchanged", "git add, write-tree", .atMost(150)),
      row("one changed", "changed", "git stash", "git stash create", .none),
    ]
  }

  private static func take(_ run: String, _ project: String, _ repository: SnapshotRepository)
    throws
  {
    let draft = SnapshotDraft(
      run: run, listing: try FolderListing(project, limits: SnapshotLimits()), author: "a",
      address: "b", time: Timestamp(milliseconds: 0), secret: { _ in nil })
    _ = try repository.take(draft) { _ in SnapshotDraft.Rest(files: [], message: "m\n") }
  }

  /// About five kilobytes each, in a hundred folders; what does not change is committed.
  private static func fill(_ git: GitFolder) throws {
    var generator = SeededGenerator(seed: 5)
    for number in 0..<files {
      let lines = (0..<120).map { _ in
        "value_\(UInt16.random(in: 0...999, using: &generator)) = load(\(generator.next() >> 48))"
      }
      try git.write(lines.joined(separator: "\n"), to: "pkg\(number % 100)/\(number).py")
    }
  }
}
