import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// One seeded history of several replicas under faults, with the shipping code and real SQLite.
///
/// Everything random comes from the seed: the same seed replays the same history.
package final class Simulation {
  package struct Outcome: Sendable {
    package var stateHash: String
    package var operations: Int
    package var conflicts: Int
    package var faults: [String: Int]
    /// By fault, then by what the step was about.
    package var met: [String: [String: Int]]
    /// By kind.
    package var refusals: [String: Int]
  }

  /// What kind of life the replicas lead. A seed means another history in each.
  package enum Profile: String, CaseIterable, Sendable {
    /// Faults of the network, crashes, restores, clocks.
    case plain
    /// Also: folders are copied and both go on, and ops come that this version does not understand.
    case copies
    /// Also: several processes work on each replica.
    case processes
    /// Also, all of it together: syncs are real exchanges, message by message.
    case exchanges
    /// Also: disks fail and fill up, processes die and the power goes in the middle of anything. With an odd seed syncs are
    /// real exchanges.
    case disks
    /// Also: devices are revoked, some go on writing; roles change; values are purged.
    case membership
    /// Also, with copies, ops of later versions and several processes: hubs do their duties often, runs end, people write
    /// what others write. With an odd seed syncs are real exchanges.
    case duties
    /// All of that, and earlier programs that do not know everything, on other replicas and on the same one.
    case versions
    /// Also: a peer that lies, with an even seed a member. With every other pair of seeds syncs are real exchanges.
    case byzantine
    /// Syncs take their time, and everybody goes on meanwhile: links delay, are shut one way, bring messages late, twice or in part;
    /// laptops are away for a year. With an odd seed disks fail too; with an even one there are copies, other processes and codes
    /// that two redeem.
    case links
    /// Disks fail as in `disks`, and in more ways: they stay full for a while, and one process dies while others go on; together with all
    /// that `membership` decides, rebuilds, upgrades of the tables, and hubs that are put back to an old backup.
    /// Everything is checked at quiet points on the way, too.
    case recovery
  }

  var hasMembership: Bool { profile == .membership || profile == .recovery }

  /// The oracle knows what must be left.
  var isFollowed: Bool { !hasMembership || profile == .membership && onlyFounderDecides }

  struct Replica {
    /// One for each process that has the replica open.
    var processes: [Workspace]
    /// The process that acts.
    var acting = 0
    var workspace: Workspace { processes[acting] }
    /// Oracle's numbers of the writes that this replica holds.
    var known: Set<Int>
    let clock: ManualClock
    let name: String
  }

  /// A folder as it was, and what was known of it.
  struct Backup {
    let replica: Int
    let path: String
    let known: Set<Int>
    let unsealed: Set<Int>
  }

  var generator: SeededGenerator
  var replicas: [Replica] = []
  var oracle = Oracle()
  /// Which writes came with each segment.
  var writesOfSegment: [SegmentHash: Set<Int>] = [:]
  var unsealed: [Int: Set<Int>] = [:]
  /// Segments of each replica's own whose writes are known.
  var noted: [Int: Set<SegmentHash>] = [:]
  var runs: [RunID] = []
  var models: [ModelID] = []
  var faults: [String: Int] = [:]
  var met: [String: [String: Int]] = [:]
  var refusals: [String: Int] = [:]
  /// What the present step is about.
  var action = "start"
  /// What is on its way, if the fault is one of the network.
  var cargo: Set<String> = []
  let folder: TemporaryFolder
  let seed: UInt64
  let profile: Profile
  let trace: (String) -> Void
  var backups: [Backup] = []
  var generation = 0
  /// The oracle's number of each op that was written since a folder was copied, by its hash.
  var opsOfCopies: [String: Int] = [:]
  var decisions = Decisions()
  /// Which replica made each of the oracle's writes.
  var author: [Int: Int] = [:]
  /// By replica; none in profiles whose disks are sound.
  var disks: [Int: FaultyDisk] = [:]
  var disaster = Disaster()
  /// On failing disks each process has a number.
  var processNumbers: [ObjectIdentifier: Int] = [:]
  var lastProcess = 0
  var watched = Watched()
  /// For what was added to a profile later: the history beside it stays the same.
  var beside: SeededGenerator
  /// For traces, likewise.
  var tracing: SeededGenerator
  /// Who asks for version numbers, or claims some: apart too.
  var leasing: SeededGenerator
  /// Who takes in what from elsewhere: apart too.
  var importing: SeededGenerator
  /// Who writes and merges configs: apart too.
  var configuring: SeededGenerator
  /// Who disagrees with whom: apart too.
  var arguing: SeededGenerator
  /// Who floods whom: apart too.
  var flooding: SeededGenerator
  var floods: [Flooder: [Segment]] = [:]
  /// Of each trace, the spans that count.
  var spans: [TraceID: [UInt64: TraceSpan]] = [:]
  /// What the earlier program of this history does not know.
  var novelties: Set<Novelty> = []
  var earlier: Vocabulary?
  /// The peer that lies.
  var forger: Forger?
  var links = Links()

  package init(
    seed: UInt64, profile: Profile = .plain, trace: @escaping (String) -> Void = { _ in }
  ) throws {
    self.seed = seed
    self.profile = profile
    self.trace = trace
    generator = SeededGenerator(seed: seed)
    beside = SeededGenerator(seed: seed ^ 0x6265_7369_6465)
    tracing = SeededGenerator(seed: seed ^ 0x7472_6163_6573)
    leasing = SeededGenerator(seed: seed ^ 0x006c_6561_7365)
    importing = SeededGenerator(seed: seed ^ 0x696d_706f_7274)
    configuring = SeededGenerator(seed: seed ^ 0x0063_6f6e_6669_67)
    arguing = SeededGenerator(seed: seed ^ 0x6172_6775_6d65)
    flooding = SeededGenerator(seed: seed ^ 0x0066_6c6f_6f64)
    folder = try TemporaryFolder()
    // One of eight histories uses the system's own files and locks.
    if seed % 8 != 0 { FaultyFileSystem.keepInMemory(folder.path) }
  }

  deinit {
    disks.values.forEach(FaultyFileSystem.unmount)
    FaultyFileSystem.keepOnDisk(folder.path)
  }

  package func run(steps: Int = 60) throws -> Outcome {
    FaultyFileSystem.seed(seed)
    SignatureMemo.begin()
    try found()
    for step in 0..<steps {
      let victim = armDisk()
      do {
        try act(step)
      } catch let failure as any Failure {
        // An action that the rules refuse (a param written twice, a deleted run) is an ordinary answer.
        try refuse(failure, step)
      }
      if profile == .recovery {
        try recoverAll()
        if step % 20 == 19 { try checkOnTheWay() }
      } else if let victim {
        try recover(victim)
      }
      try noteDurable()
      try watchLogs()
    }
    return try settle()
  }

  private var hasExchanges: Bool {
    [.exchanges, .links].contains(profile)
      || [.disks, .duties, .versions].contains(profile) && seed % 2 == 1
      || profile == .byzantine && seed % 4 > 1
  }

  private func environment(_ name: String, _ clock: ManualClock, seed: UInt64)
    -> WorkspaceEnvironment
  {
    var environment = TestMachine.environment(
      root: folder.path, clock: clock, seed: seed, name: name)
    environment.machine = simulatedMachine(seed: seed)
    environment.vocabulary = program()
    if profile == .byzantine { environment.waiting = Simulation.fewWaiting }
    return environment
  }

  private func found() throws {
    earlier = drawEarlier()
    let count = Int.random(in: 2...4, using: &generator)
    let clocks = (0..<count).map { _ in ManualClock() }
    let names = (0..<count).map { "r\($0)" }
    if [.disks, .recovery].contains(profile) || profile == .links && seed % 2 == 1 {
      for index in 0..<count { mountDisk(index, names[index]) }
    }
    let founder = try Workspace.create(
      in: folder.path + "/r0", name: "sim", device: "r0", owner: "r0", isHub: generator.chance(70),
      environment: environment("r0", clocks[0], seed: seed))
    replicas = [Replica(processes: [founder], known: [], clock: clocks[0], name: "r0")]
    for index in 1..<count {
      let clone = try Workspace.createClone(
        in: folder.path + "/" + names[index], workspaceID: founder.id, name: "sim",
        device: names[index], owner: names[index],
        environment: environment(
          names[index], clocks[index], seed: seed &+ UInt64(index) &* 104_729))
      try founder.admit(clone)
      replicas.append(
        Replica(processes: [clone], known: [], clock: clocks[index], name: names[index]))
    }
    for replica in replicas { trace("\(replica.name) is device \(replica.workspace.deviceKey.id)") }
    if profile == .byzantine { try letLiarIn(founder) }
    for index in 1..<count { try give(0, to: index, faulty: false) }
    if hasMembership, !onlyFounderDecides {
      for index in 1..<count where generator.chance(60) {
        try founder.setRole(.admin, of: replicas[index].workspace.deviceKey)
      }
      for index in 1..<count { try give(0, to: index, faulty: false) }
    }
  }

  /// What the profiles add to a step. Draws nothing in the plain one.
  private func actByProfile(_ who: Int, _ step: Int) throws {
    switch profile {
    case .plain, .disks: break
    case .copies:
      if generator.chance(3), replicas.count < 6 { try copyFolder(who) }
      if generator.chance(4) { try writeUnknown(who, step) }
    case .processes:
      if replicas[who].processes.count < 3, generator.chance(20) { try openAgain(who) }
      if arguing.chance(10) { try argue(who, step) }
      replicas[who].acting = Int.random(in: 0..<replicas[who].processes.count, using: &generator)
    case .exchanges:
      if generator.chance(2), replicas.count < 5 { try copyFolder(who) }
      if generator.chance(4) { try writeUnknown(who, step) }
      if replicas[who].processes.count < 2, generator.chance(10) { try openAgain(who) }
      replicas[who].acting = Int.random(in: 0..<replicas[who].processes.count, using: &generator)
    case .membership:
      if generator.chance(12) { try decide(step) }
      if beside.chance(8) { try purgeWithoutRight(step) }
      if beside.chance(30) { try rewrite(step) }
    case .links: try liveOnLinks(who, step)
    case .recovery: try endure(who, step)
    case .byzantine:
      if beside.chance(3), replicas.count < 5 { try join() }
      if generator.chance(2), replicas.count < 5 { try copyFolder(who) }
      if beside.chance(40) { try attack(step) }
      if flooding.chance(3) { try flood(who, step) }
    case .duties, .versions:
      if profile == .versions {
        if generator.chance(6) { try changeProgram(who) }
        if beside.chance(3), replicas.count < 5 { try join() }
      }
      if generator.chance(2), replicas.count < 5 { try copyFolder(who) }
      if generator.chance(4) { try writeUnknown(who, step) }
      if replicas[who].processes.count < 2, generator.chance(10) { try openAgain(who) }
      replicas[who].acting = Int.random(in: 0..<replicas[who].processes.count, using: &generator)
      if generator.chance(50) { try live(who, step) }
    }
  }

  private func act(_ step: Int) throws {
    action = "care"
    let who = Int.random(in: 0..<replicas.count, using: &generator)
    replicas[who].clock.advance(milliseconds: Int64.random(in: 1...60_000, using: &generator))
    try actByProfile(who, step)
    if profile != .byzantine, tracing.chance(25) {
      try writeTrace(who, step)
      action = "care"
    }
    if profile != .byzantine, importing.chance(10) {
      try takeInDeleted(who, step)
      action = "care"
    }
    if profile != .byzantine, configuring.chance(40) {
      try writeConfig(who, step)
      action = "care"
    }
    switch Int.random(in: 0..<100, using: &generator) {
    case 0..<55: try write(who, step)
    case 55..<85:
      let other = Int.random(in: 0..<replicas.count, using: &generator)
      guard other != who else { return }
      action = "sync"
      trace("step \(step): \(replicas[who].name) syncs with \(replicas[other].name)")
      if profile == .links { return try startCall(who, with: other, step) }
      if hasExchanges {
        return try exchange(who, with: other, faulty: generator.chance(50))
      }
      try give(who, to: other, faulty: generator.chance(50))
      try give(other, to: who, faulty: generator.chance(50))
      if hasMembership { try fill(who, from: other) }
    case 85..<89: try reopen(who)
    case 89..<93: try backUp(who)
    case 93..<96: try restore()
    case 96..<98: skewClock(who)
    default:
      action = "hub duties"
      if lacks(who, .alias) || lacks(who, .lease) { return }
      trace("step \(step): \(replicas[who].name) does a hub's duties")
      try watchingNumbers(who) { try replicas[who].workspace.performHubDuties() }
    }
  }

  // MARK: Ending

  /// When faults stop: quiet after a bounded number of rounds, and everyone equal.
  private func settle() throws -> Outcome {
    links = Links()
    if profile == .recovery { relieve() }
    if profile == .versions { try endVersions() }
    let (hash, conflicts) = try checkQuiet()
    for process in replicas.flatMap(\.processes) { try process.close() }
    return Outcome(
      stateHash: hash, operations: oracle.writes.count, conflicts: conflicts,
      faults: faults, met: met, refusals: refusals)
  }

  /// Everybody meets until all are quiet; then everything that must be so is.
  ///
  /// - Returns: The state hash that all have, and how many conflicts are left.
  func checkQuiet() throws -> (hash: String, conflicts: Int) {
    try becomeQuiet()
    // Heads say nothing of values that were left out, and of metric data.
    for left in replicas.indices { for right in replicas.indices { try fill(right, from: left) } }
    let hashes = try replicas.map { try $0.workspace.stateHash() }
    guard Set(hashes).count == 1 else {
      throw broken("1 equal heads, equal state", try difference(replicas))
    }
    let everything = Set(oracle.writes.indices).subtracting(disaster.gone)
    for replica in replicas {
      guard replica.known == everything else {
        let lost = everything.subtracting(replica.known).sorted()
        let held = try replica.workspace.store.inspect { try $0.segmentHashes() }
        let sealed = Set(held.flatMap { writesOfSegment[$0] ?? [] })
        throw broken(
          "2 nothing lost",
          "\(replica.name) lacks writes \(lost.prefix(5)), in its segments: \(lost.filter(sealed.contains))"
        )
      }
      try checkKept(replica)
      if hasMembership { try checkPurges(replica) }
      try check(replica)
      if isFollowed { try checkRegisters(replica) }
      if let wrong = try replica.workspace.store.inspect({ try $0.checkInvariants() }) {
        throw broken("tables agree", wrong)
      }
    }
    let (before, after) = try replicas[0].workspace.rebuild()
    guard before == after else {
      throw broken("5 incremental = rebuilt", "\(before) became \(after)")
    }
    let conflicts = try replicas[0].workspace.conflicts()
    for replica in replicas.dropFirst() {
      guard try replica.workspace.conflicts().map(\.id) == conflicts.map(\.id) else {
        throw broken("conflicts have one name", replica.name)
      }
    }
    try checkAnswers(conflicts)
    return (hashes[0], conflicts.count)
  }

  func becomeQuiet() throws {
    func meet(_ left: Int, _ right: Int) throws {
      if hasExchanges { return try exchange(left, with: right, faulty: false) }
      try give(left, to: right, faulty: false)
      if hasMembership { try fill(right, from: left) }
    }
    // Along a line and back everything reaches everybody. Where that is not enough, all meet all.
    let line = replicas.indices.dropFirst()
    for next in line { try meet(next - 1, next) }
    for next in line.reversed() { try meet(next, next - 1) }
    for round in 0... {
      if Set(try replicas.map { try $0.workspace.headsDigest() }).count == 1 { break }
      guard round < 12 else {
        let newest = try replicas.map { replica in
          try replica.name + ": "
            + replica.workspace.store.inspect { try $0.newestOps() }
            .joined(separator: "; ")
        }
        throw broken(
          "11 quiet",
          "heads still differ after \(round) rounds\n  \(newest.joined(separator: "\n  "))")
      }
      for left in replicas.indices {
        for right in replicas.indices where left != right { try meet(left, right) }
      }
    }
  }

  func difference(_ replicas: [Replica]) throws -> String {
    let records = try replicas.map { replica in
      try replica.workspace.store.inspect { Set(try $0.stateRecords()) }
    }
    let common = records.dropFirst().reduce(records[0]) { $0.intersection($1) }
    return zip(replicas, records).map { replica, records in
      replica.name + ": " + records.subtracting(common).sorted().prefix(4).joined(separator: "; ")
    }.joined(separator: "\n  ")
  }

  /// Invariant 3: every register holds what the oracle says.
  private func checkRegisters(_ replica: Replica) throws {
    let expected = oracle.standing(effective(replica.known))
      .filter { !$0.key.hasSuffix(" " + FieldName.revocation.text) }
    let found = try replica.workspace.store.inspect { transaction in
      try expected.keys.reduce(into: [String: [String?]]()) { out, name in
        let parts = name.split(separator: " ", maxSplits: 1)
        guard let key = EntityKey(hex: parts[0]) else { return }
        out[name] = try transaction.standingTexts(key, FieldName(String(parts[1])))
      }
    }
    for (name, values) in expected {
      // A label that is taken away leaves nothing.
      let isLabel = name.contains(" labels.")
      let want = values.filter { !isLabel || $0 != nil }.map { $0 ?? "\u{0}" }.sorted()
      let have = (found[name] ?? []).map { $0 ?? "\u{0}" }.sorted()
      guard want == have else {
        throw broken("3 oracle", "\(replica.name) \(name): has \(have), should have \(want)")
      }
    }
  }

  func broken(_ invariant: String, _ detail: String) -> BrokenInvariant {
    BrokenInvariant(seed: seed, profile: profile, invariant: invariant, detail: detail)
  }
}
