import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// The profile `recovery`: everything that changes a replica's tables at once, on disks that fail in the middle of it.
extension Simulation {
  // MARK: Processes

  /// A process of its own on a disk that fails: what it opens is told from what others have open.
  func open(_ dir: String, _ environment: WorkspaceEnvironment, on disk: FaultyDisk?) throws
    -> Workspace
  {
    guard let disk else { return try Workspace.open(dir, environment: environment) }
    lastProcess += 1
    disk.act(as: lastProcess)
    let process: Workspace
    do {
      process = try Workspace.open(dir, environment: environment)
    } catch let failure as DatabaseFailure where disk.isFull {
      trace("  somebody makes room, since it cannot be opened: \(failure.message)")
      fault("no room to open")
      disk.fill(for: 0)
      process = try Workspace.open(dir, environment: environment)
    }
    processNumbers[ObjectIdentifier(process)] = lastProcess
    return process
  }

  /// Another of a replica's processes acts from now on.
  private func turn(_ who: Int, to index: Int) {
    replicas[who].acting = index
    let number = processNumbers[ObjectIdentifier(replicas[who].workspace)] ?? 0
    disks[who]?.act(as: number)
  }

  /// Closes what processes had open that died alone, and lets the others go on.
  func bury(_ who: Int, _ disk: FaultyDisk) throws {
    let dead = disk.dead
    guard !dead.isEmpty else { return }
    let before = noted[who] ?? []
    let (dir, environment) = (replicas[who].workspace.dir, replicas[who].workspace.environment)
    func isDead(_ process: Workspace) -> Bool {
      dead.contains(processNumbers[ObjectIdentifier(process)] ?? 0)
    }
    for process in replicas[who].processes where isDead(process) {
      let id = ObjectIdentifier(process)
      disk.act(as: processNumbers[id] ?? 0)
      try? process.close()
      processNumbers[id] = nil
    }
    replicas[who].processes.removeAll { process in
      processNumbers[ObjectIdentifier(process)] == nil
    }
    for number in dead {
      guard disk.openFiles(of: number) == 0 else {
        throw broken("harness", "files of a dead process are still open")
      }
      disk.bury(number)
    }
    if replicas[who].processes.isEmpty {
      replicas[who].processes = [try open(dir, environment, on: disk)]
    } else {
      fault("others go on")
    }
    turn(who, to: Int.random(in: 0..<replicas[who].processes.count, using: &generator))
    try compareLogs(who, isPowerCut: false)
    try comparePoints(who, isPowerCut: false)
    try compare(who, before, isPowerCut: false)
  }

  /// After each step: faults can strike at a replica that nobody chose. All machines run before anything is asked of one.
  func recoverAll() throws {
    var isStruck = false
    for who in replicas.indices where try endFault(who) { isStruck = true }
    try settleDoubt()
    if isStruck { return try recountAll() }
    for who in replicas.indices { try noteSealed(who) }
  }

  /// Disks are sound again.
  func relieve() {
    for disk in disks.values {
      disk.fill(for: 0)
      _ = disk.disarm()
    }
  }

  /// Faults stop for a while, and everything must be as at the end.
  func checkOnTheWay() throws {
    relieve()
    trace("a quiet point")
    _ = try checkQuiet()
  }

  // MARK: What happens

  func endure(_ who: Int, _ step: Int) throws {
    if replicas[who].processes.count < 3, generator.chance(15) { try openAgain(who) }
    turn(who, to: Int.random(in: 0..<replicas[who].processes.count, using: &generator))
    if generator.chance(3), let disk = disks[who] {
      let writes = Int.random(in: 5...60, using: &generator)
      trace("step \(step): the disk of \(replicas[who].name) is full for \(writes) writes")
      fault("full for a while")
      disk.fill(for: writes)
    }
    if generator.chance(12) {
      action = "decision"
      if generator.chance(50) { arm(who) }
      try decide(step)
    }
    if beside.chance(4) {
      action = "purge"
      try purgeWithoutRight(step)
    }
    if generator.chance(3) {
      action = "rebuild"
      if generator.chance(60) { arm(who) }
      try rebuild(who, step)
    }
    if generator.chance(3) {
      action = "upgrade"
      try upgrade(who, step)
    }
    if generator.chance(5) {
      action = "restore"
      try putHubBack(step)
    }
    action = "care"
  }

  private func rebuild(_ who: Int, _ step: Int) throws {
    trace("step \(step): \(replicas[who].name) rebuilds")
    fault("rebuild")
    let (before, after) = try replicas[who].workspace.rebuild()
    guard before == after else {
      throw broken("5 incremental = rebuilt", "\(before) became \(after)")
    }
  }

  /// A program of the first release had it last: the next one adds what came since.
  private func upgrade(_ who: Int, _ step: Int) throws {
    trace("step \(step): \(replicas[who].name) is as an earlier program left it, and is upgraded")
    fault("upgrade")
    try replicas[who].workspace.store.write(.script) { try $0.undoAdditions() }
    try reopenUnderFaults(who)
  }

  /// As `reopen`, and anything can happen while it is opened.
  private func reopenUnderFaults(_ who: Int) throws {
    try closeAll(who)
    if generator.chance(60) { arm(who) }
    do {
      try openOne(who)
    } catch let failure as any Failure {
      guard let disk = disks[who], disk.hasStruck, failure is DatabaseFailure else { throw failure }
      trace("  \(replicas[who].name) cannot be opened: \(failure.message)")
      // A machine that has stopped is started after the step.
      if disk.isDead { throw failure }
      fault("cannot be opened")
      relieve(disk)
      try openOne(who)
    }
    turn(who, to: 0)
  }

  private func relieve(_ disk: FaultyDisk) {
    disk.fill(for: 0)
    _ = disk.disarm()
    for number in disk.dead { disk.bury(number) }
  }

  /// The allocator is put back to an old backup after it has given numbers, leased some and settled aliases; and does its duties once
  /// more before it hears of any of that.
  private func putHubBack(_ step: Int) throws {
    let hub = try replicas.indices.first { who in
      let workspace = replicas[who].workspace
      return try workspace.store.inspect { try $0.allocator() } == workspace.deviceKey
    }
    guard let hub else { return }
    guard let backup = backups.first(where: { $0.replica == hub }) else { return try backUp(hub) }
    func attend() throws {
      trace("step \(step): \(replicas[hub].name) does a hub's duties")
      try watchingNumbers(hub) { try replicas[hub].workspace.performHubDuties() }
    }
    try attend()
    fault("hub put back")
    try restore(backup)
    turn(hub, to: 0)
    if generator.chance(60) { arm(hub) }
    try attend()
  }
}
