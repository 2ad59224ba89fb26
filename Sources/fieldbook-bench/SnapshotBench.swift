import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import Foundation

/// Snapshots of a project of 5,000 files, beside what git and DVC take for the same.
enum SnapshotBench {
  private static let files = 5000

  static func snapshots(rounds: Int) throws -> [BenchRow] {
    let folder = try BenchFolder()
    let dvc = DVC.ofEnvironment()
    var timings = Timings()
    for round in 0..<min(rounds, 5) {
      try play(folder.path + "/\(round)", dvc, &timings)
    }
    func row(
      _ name: String, _ own: String, _ peer: String, _ peerName: String,
      _ target: BenchTarget = .none
    ) -> [BenchRow] {
      guard timings.has(peer) else { return [] }
      return [
        BenchRow(
          name: "snapshot of 5,000 files, \(name)", value: 1000 * timings.median(own), unit: "ms",
          peer: 1000 * timings.median(peer), peerName: peerName, target: target)
      ]
    }
    return [
      row("the first", "first", "git first", "git add -A, write-tree"),
      row("the first", "first", "dvc first", "dvc add"),
      row("unchanged", "unchanged", "git unchanged", "git add -A, write-tree", .atMost(150)),
      row("unchanged", "unchanged", "git stash unchanged", "git stash create", .atMost(150)),
      row("unchanged", "unchanged", "dvc unchanged", "dvc add", .atMost(150)),
      row("one changed", "changed", "git stash", "git stash create"),
      row("one changed", "changed", "dvc changed", "dvc add"),
      row("whole fieldbook run of true", "run", "dvc unchanged", "dvc add"),
    ].flatMap { $0 }
  }

  private static func play(_ folder: String, _ dvc: DVC?, _ timings: inout Timings) throws {
    let git = try GitFolder(folder + "/project")
    try fill(git)
    let tree = GitFolder(reading: folder + "/dvc/tree")
    if let dvc {
      try fill(tree)
      try dvc.begin(folder + "/dvc")
    }
    let contents = try ContentStore(folder: folder + "/store")
    let repository = SnapshotRepository(
      path: folder + "/store/repository.git", contents: contents)
    let fieldbook = Binary(root: folder)
    try fieldbook.initialize("w", as: "ana")
    try timings.measure("first") { try take("a", git.path, repository) }
    try timings.measure("git first") {
      try git.git("add", "--all")
      try git.git("write-tree")
    }
    if let dvc { try timings.measure("dvc first") { try dvc.add(folder + "/dvc") } }
    try git.commit("all")
    try run(fieldbook)
    // What was written a moment ago is read again.
    Thread.sleep(forTimeInterval: 2.1)
    try take("b", git.path, repository)
    try run(fieldbook)
    if let dvc { try dvc.add(folder + "/dvc") }
    try timings.measure("unchanged") { try take("c", git.path, repository) }
    try timings.measure("git unchanged") {
      try git.git("add", "--all")
      try git.git("write-tree")
    }
    try timings.measure("git stash unchanged") { try git.git("stash", "create") }
    try timings.measure("run") { try run(fieldbook) }
    if let dvc { try timings.measure("dvc unchanged") { try dvc.add(folder + "/dvc") } }
    try git.write("print('changed')\n", to: "pkg7/7.py")
    try timings.measure("changed") { try take("d", git.path, repository) }
    try timings.measure("git stash") { try git.git("stash", "create") }
    guard let dvc else { return }
    try tree.write("print('changed')\n", to: "pkg7/7.py")
    try timings.measure("dvc changed") { try dvc.add(folder + "/dvc") }
  }

  private static func run(_ fieldbook: Binary) throws {
    let answer = try fieldbook.shell(
      "cd project && exec \"$0\" run --dir ../w -q -- true", as: "ana"
    ).answer()
    guard answer.status == 0 else { throw TestFailure(answer.err) }
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

/// DVC's program. `dvc add` of a folder does what a snapshot does: it looks at all files, keeps those that are new by their
/// hash, and writes down the hash of the whole. (`dvc status` only compares; `dvc commit` is the same for what is known.)
private struct DVC {
  let program: String

  static func ofEnvironment() -> DVC? {
    guard let program = ProcessInfo.processInfo.environment["FIELDBOOK_BENCH_DVC"] else {
      FileHandle.standardError.write(
        Data("bench: DVC is left out; `make bench` sets it up\n".utf8))
      return nil
    }
    return DVC(program: program)
  }

  /// A repository without git around `tree`, which is there.
  func begin(_ folder: String) throws {
    try run(folder, "init", "--no-scm", "--quiet")
    try run(folder, "config", "core.analytics", "false")
  }

  func add(_ folder: String) throws { try run(folder, "add", "--quiet", "tree") }

  private func run(_ folder: String, _ words: String...) throws {
    var variables = ProcessInfo.processInfo.environment
    variables["HOME"] = folder + "/home"
    variables["DVC_SITE_CACHE_DIR"] = folder + "/site"
    variables["DVC_NO_ANALYTICS"] = "1"
    let answer = try Command(program, words, variables: variables, folder: folder).answer()
    guard answer.status == 0 else { throw TestFailure("dvc \(words): \(answer.err)") }
  }
}
