import FieldbookModel
import FieldbookTestSupport
import Foundation
import Synchronization
import Testing

@testable import FieldbookWorkspace

@Suite("Where a replica lies, and who writes in it")
struct MachineTests {
  let folder: TemporaryFolder
  let clock = ManualClock()

  init() throws { folder = try TemporaryFolder() }

  private func environment(_ machine: String) -> WorkspaceEnvironment {
    var environment = TestMachine.environment(
      root: folder.path, clock: clock, seed: 5, name: machine)
    environment.bootID = "boot of " + machine
    return environment
  }

  private func ana() throws -> Workspace {
    try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
  }

  private func record(_ workspace: Workspace) throws {
    try workspace.newRun()
  }

  @Test(
    "what scripts log waits for the disk where it is told to, and only there",
    arguments: [false, true])
  func waiting(scriptsWait: Bool) throws {
    let syncs = Mutex(0)
    var environment = environment("m")
    environment.machine.synchronize = { _ in
      syncs.withLock { $0 += 1 }
      return 0
    }
    environment.scriptsWait = scriptsWait
    let workspace = try Workspace.create(
      in: folder.path + "/w", name: "w", device: "m", owner: "m", isHub: false,
      environment: environment)
    let run = try workspace.newRun()
    let before = syncs.withLock { $0 }
    for step in 0..<3 {
      let point = MetricPoint(step: Int64(step), timestamp: 1, value: 1)
      try workspace.logBatch(
        run, parameters: [], metrics: [MetricSeries(key: "m", points: [point])], tags: [],
        durability: .script)
    }
    #expect(syncs.withLock { $0 } - before == (scriptsWait ? 3 : 0))
  }

  @Test("network filesystems are told from local ones by the mount that is nearest")
  func filesystems() {
    let mounts = """
      /dev/vda / ext4 rw 0 0
      server:/home /home nfs4 rw 0 0
      /dev/sdb /home/ana/local\\040disk xfs rw 0 0
      ana@host:/x /mnt/ssh fuse.sshfs rw 0 0
      systemd-1 /auto autofs rw 0 0
      server:/auto /auto cifs rw 0 0
      tmpfs /mnt/a\\134b tmpfs rw 0 0
      """
    func type(_ path: String) -> String { ReplicaFolder.filesystem(of: path, mounts: mounts) }
    #expect(type("/") == "ext4" && type("/homes/x") == "ext4" && type("/home") == "nfs4")
    #expect(type("/home/ana/work") == "nfs4" && type("/home/ana/local disk/work") == "xfs")
    #expect(type("/mnt/ssh/a") == "fuse.sshfs" && type("/mnt/sshd") == "ext4")
    #expect(type("/auto/x") == "cifs", "of two on one point the later one counts")
    #expect(type("/mnt/a\\b/c") == "tmpfs")
    #expect(ReplicaFolder.filesystem(of: "/x", mounts: "") == "")
  }

  @Test(
    "what several machines mount is refused, what one has is not",
    arguments: [
      ("nfs", true), ("nfs4", true), ("cifs", true), ("smb3", true), ("fuse.sshfs", true),
      ("ceph", true), ("lustre", true), ("glusterfs", true), ("fuse.rclone", true),
      ("fuse.gcsfuse", true), ("vboxsf", true), ("ext4", false), ("xfs", false), ("btrfs", false),
      ("tmpfs", false), ("zfs", false), ("overlay", false), ("f2fs", false), ("fuseblk", false),
    ])
  func types(type: String, isRefused: Bool) {
    #expect(ReplicaFolder.networkTypes.contains(type) == isRefused)
  }

  @Test("two machines on one mirrored folder: the second is refused while the first writes")
  func twoMachines() throws {
    let one = try ana()
    try record(one)
    let two = try Workspace.open(one.dir, environment: environment("office"))
    #expect(try two.runs(RunQuery()).items.count == 1, "looking does no harm")
    let refusal = #expect(throws: WorkspaceFailure.self) { try record(two) }
    guard case .heldElsewhere = refusal else {
      Issue.record("\(String(describing: refusal))")
      return
    }
    #expect(throws: WorkspaceFailure.self) { try two.apply([], from: "x") }
    let check = try #require(try two.doctor().first { $0.name == "machine" })
    #expect(!check.ok && check.detail.contains("writes here, too"))
    #expect(try one.doctor().first { $0.name == "machine" }?.ok == true)
    // Nobody wrote for a while: it was moved.
    clock.advance(milliseconds: Holder.freshMilliseconds)
    try record(two)
    #expect(throws: WorkspaceFailure.self) { try record(one) }
    #expect(try two.runs(RunQuery()).items.count == 2)
  }

  @Test("containers of one machine share a folder: the kernel knows their locks")
  func containers() throws {
    let one = try ana()
    try record(one)
    var second = environment("container")
    second.bootID = one.environment.bootID
    try record(Workspace.open(one.dir, environment: second))
  }

  @Test("a mark is renewed while one writes, also over a clock that is set back")
  func renewal() throws {
    let one = try ana()
    let file = one.dir + "/.fieldbook/" + Holder.fileName
    func time() throws -> Int64 {
      let data = try #require(FileManager.default.contents(atPath: file))
      return try JSONDecoder().decode(Holder.self, from: data).time
    }
    for step: Int64 in [0, 10_000, Holder.renewalMilliseconds, -3_600_000, 24 * 3_600_000] {
      clock.advance(milliseconds: step)
      try record(one)
      #expect(abs(try time() - clock.now) <= Holder.renewalMilliseconds, "\(step)")
    }
    var info = stat()
    #expect(stat(file, &info) == 0 && info.st_mode & 0o777 == 0o600)
    try Data("{".utf8).write(to: URL(fileURLWithPath: file))
    clock.advance(milliseconds: Holder.renewalMilliseconds)
    try record(one)
    #expect(try time() == clock.now, "a mark that does not read is no mark")
  }

  @Test("a clock that is set back and ahead while one records loses nothing and orders everything")
  func clockSteps() throws {
    let one = try ana()
    let run = try one.newRun("r")
    for (index, step) in [0, -86_400_000, 3_600_000, -1, 400 * 86_400_000].enumerated() {
      clock.advance(milliseconds: Int64(step))
      try one.setTag(run.key, EntryKey("k"), String(index), durability: .person)
    }
    #expect(try one.run(run).tags["k"] == "4")
    let changes = try one.history(run.key, field: FieldName("tags.k"))
    #expect(changes.map(\.after) == ["0", "1", "2", "3", "4"])
    #expect(zip(changes, changes.dropFirst()).allSatisfy { $0.time <= $1.time })
    clock.advance(milliseconds: -86_400_000)
    let check = try #require(try one.doctor().first { $0.name == "clock" })
    #expect(!check.ok && check.detail.contains("minutes ahead"))
    #expect(try one.rebuild().before == one.rebuild().after)
  }

  @Test("conflict copies are seen; what they hold is taken in, and they are set aside")
  func conflictCopies() throws {
    let one = try ana()
    try record(one)
    try one.seal()
    let database = one.dir + "/.fieldbook/replica.sqlite"
    try one.close()
    let copy = one.dir + "/.fieldbook/replica (office's conflicted copy 2026-11-21).sqlite"
    // What the other machine wrote lies in the copy, as a mirroring service leaves it.
    let office = folder.path + "/office/.fieldbook"
    try TestMachine.copyFolder(of: one.dir, to: folder.path + "/office")
    let other = try Workspace.open(folder.path + "/office", environment: environment("office"))
    let run = try other.newRun("from the office")
    try other.seal()
    try other.store.gather()
    try other.close()
    try FileManager.default.copyItem(atPath: office + "/replica.sqlite", toPath: copy)
    try Data("x".utf8).write(
      to: URL(fileURLWithPath: one.dir + "/.fieldbook/workspace.sync-conflict-20261121-1.json"))
    #expect(FileManager.default.fileExists(atPath: database))
    let before = try Workspace.open(one.dir, environment: one.environment)
    let check = try #require(try before.doctor().first { $0.name == "machine" })
    #expect(
      !check.ok && check.detail.contains("conflicted copy")
        && check.detail.contains("sync-conflict"))
    try before.close()
    let report = try Mending.mend(one.dir, environment: one.environment)
    #expect(report.actions.filter { $0.name == "machine" }.count == 2)
    #expect(report.checks.filter { !$0.ok }.isEmpty)
    let mended = try Workspace.open(one.dir, environment: one.environment)
    #expect(try mended.run(run).name == "from the office")
    let aside = try #require(report.setAside)
    #expect(try FileManager.default.contentsOfDirectory(atPath: aside).count == 2)
  }
}
