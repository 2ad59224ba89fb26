import FieldbookModel
import FieldbookWorkspace

/// New laptops.
extension Simulation {
  /// A new laptop is let in by the founder, and takes everything from somebody.
  func join() throws {
    guard let source = replicas.indices.randomElement(using: &beside) else { return }
    generation += 1
    let name = "n\(generation)"
    trace("\(name) joins, and takes everything from \(replicas[source].name)")
    fault("new laptop")
    let clock = ManualClock()
    clock.advance(milliseconds: replicas[source].clock.now - clock.now)
    let founder = replicas[0].workspace
    let clone = try Workspace.createClone(
      in: folder.path + "/" + name, workspaceID: founder.id, name: "sim", device: name, owner: name,
      environment: TestMachine.environment(
        root: folder.path, clock: clock, seed: seed &+ UInt64(generation) &* 32_452_843, name: name)
    )
    try founder.admit(clone)
    replicas.append(Replica(processes: [clone], known: [], clock: clock, name: name))
    try give(0, to: source, faulty: false)
    try give(source, to: replicas.count - 1, faulty: false)
  }

  /// A new laptop is let in by a code that was sent to two people. It may have been written in before that.
  func joinByCode() throws {
    generation += 1
    let names = ["n\(generation)", "n\(generation)late"]
    trace("\(names[0]) and \(names[1]) have one code")
    fault("new laptop")
    let founder = replicas[0].workspace
    let clock = ManualClock()
    clock.advance(milliseconds: replicas[0].clock.now - clock.now)
    let clones = try names.enumerated().map { index, name in
      try Workspace.createClone(
        in: folder.path + "/" + name, workspaceID: founder.id, name: "sim", device: name,
        owner: name,
        environment: TestMachine.environment(
          root: folder.path, clock: clock,
          seed: seed &+ UInt64(generation * 2 + index) &* 49_979_687, name: name))
    }
    if generator.chance(50) {
      fault("written before it was let in")
      let experiment = try clones[0].ensureExperiment(named: "early", durability: .script)
      runs.append(try clones[0].createRun(RunDraft(experiment: experiment), durability: .script))
    }
    func code() throws -> [UInt8] {
      let id = founder.environment.random(16)
      try founder.storeInvite(
        id: id, secret: founder.environment.random(16), role: .writer,
        expires: Timestamp(milliseconds: founder.environment.now() + 1000))
      return id
    }
    func redeem(_ id: [UInt8], _ index: Int) throws {
      try founder.redeemInvite(
        id: id, key: clones[index].deviceKey, name: names[index], owner: names[index])
    }
    if generator.chance(30) {
      let old = try code()
      replicas[0].clock.advance(milliseconds: 1000)
      try requireRefused(.inviteExpired) { try redeem(old, 0) }
    }
    for clone in clones { trace("  device \(clone.deviceKey.id)") }
    let id = try code()
    try redeem(id, 0)
    try requireRefused(.inviteUsed) { try redeem(id, 1) }
    // Whoever lost the answer asks again.
    try redeem(id, 0)
    try clones[1].close()
    replicas.append(Replica(processes: [clones[0]], known: [], clock: clock, name: names[0]))
    guard let source = replicas.indices.dropLast().randomElement(using: &generator) else { return }
    try give(0, to: source, faulty: false)
    try give(source, to: replicas.count - 1, faulty: false)
  }

  private func requireRefused(_ expected: WorkspaceFailure, _ body: () throws -> Void) throws {
    do {
      try body()
    } catch let failure as WorkspaceFailure where failure == expected {
      fault("code refused")
      return
    }
    throw broken("a code lets one device in, in time", "it let in another")
  }
}
