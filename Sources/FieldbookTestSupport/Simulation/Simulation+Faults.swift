import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// What goes wrong: the network, crashes, restores, copies, clocks.
extension Simulation {
  func fault(_ name: String) {
    faults[name, default: 0] += 1
    for what in cargo.isEmpty ? [action] : cargo { met[name, default: [:]][what, default: 0] += 1 }
  }

  /// One replica gives another what it lacks, over a network that may drop, repeat, reorder, cut and flip.
  func give(_ from: Int, to: Int, faulty: Bool) throws {
    let source = replicas[from].workspace
    let target = replicas[to].workspace
    try seal(from)
    try seal(to)
    let batch = try source.segments(notIn: try target.heads(), maxBytes: 1 << 22, after: nil)
    if !batch.segments.isEmpty { try requireDurable(from, "6 durable before send") }
    var parcels = batch.segments.map(\.bytes)
    if faulty, !parcels.isEmpty {
      cargo = Simulation.kinds(in: batch.segments)
      damage(&parcels)
      cargo = []
    }
    let before = try held(target)
    let clock = try clock(to)
    let report = try target.apply(
      parcels.map {
        EncodedSegment(hash: SegmentHash(bytes: [UInt8](repeating: 0, count: 32))!, bytes: $0)
      },
      from: replicas[from].name)
    try requireDurable(to, "6 acknowledged heads are durable")
    try watchClock(to, since: clock)
    if !faulty { try requireTaken(to, batch.segments.map(\.hash), report) }
    if !faulty, let refusal = report.refused.first {
      // A segment that was altered on its way can have been waiting: it is refused when its turn comes.
      trace("\(replicas[to].name) refuses: \(refusal.reason)")
    }
    for parked in report.parked { trace("  \(replicas[to].name) parks: \(parked.reason)") }
    if report.waiting > 0 { trace("  \(report.waiting) wait at \(replicas[to].name)") }
    let fresh = try held(target).subtracting(before)
    for hash in fresh { replicas[to].known.formUnion(writesOfSegment[hash] ?? []) }
    trace(
      "  \(replicas[to].name) takes \(fresh.map { $0.hex.prefix(8) }.sorted().joined(separator: " "))"
    )
    if !faulty || generator.chance(50) {
      try target.putChunkPayloads(source.chunkPayloads(of: batch.segments.map(\.hash)))
    }
  }

  /// Seals, and remembers which writes each new segment carries.
  func seal(_ who: Int) throws {
    try noteSealed(who)
    try replicas[who].workspace.seal()
    try noteSealed(who)
  }

  /// Remembers what was sealed here since the last look, whoever asked for it: a replica that finds itself copied seals
  /// by itself before its next write.
  func noteSealed(_ who: Int) throws {
    let own = try replicas[who].workspace.store.inspect { try $0.ownSegmentHashes() }
    let fresh = Set(own).subtracting(noted[who] ?? [])
    guard !fresh.isEmpty else { return }
    noted[who, default: []].formUnion(fresh)
    let writes = unsealed[who] ?? []
    unsealed[who] = []
    for hash in fresh.sorted() {
      writesOfSegment[hash, default: []].formUnion(writes)
      trace(
        "  \(replicas[who].name) has sealed \(hash.hex.prefix(8)) with writes \(writes.sorted())")
    }
  }

  private func held(_ workspace: Workspace) throws -> Set<SegmentHash> {
    Set(try workspace.store.inspect { try $0.segmentHashes() })
  }

  private func damage(_ parcels: inout [[UInt8]]) {
    if generator.chance(30) {
      parcels.removeAll { _ in generator.chance(40) }
      fault("drop")
    }
    if generator.chance(30), let again = parcels.randomElement(using: &generator) {
      parcels.append(again)
      fault("duplicate")
    }
    if generator.chance(40) {
      parcels.shuffle(using: &generator)
      fault("reorder")
    }
    guard let index = parcels.indices.randomElement(using: &generator) else { return }
    if generator.chance(20) {
      parcels[index].removeLast(Int.random(in: 1...parcels[index].count, using: &generator))
      fault("truncate")
    } else if generator.chance(20),
      let byte = parcels[index].indices.randomElement(using: &generator)
    {
      parcels[index][byte] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &generator)
      fault("flip")
    }
  }

  func reopen(_ who: Int) throws {
    trace("\(replicas[who].name) is reopened")
    fault("reopen")
    try closeAll(who)
    try openOne(who)
  }

  func closeAll(_ who: Int) throws {
    _ = disks[who]?.disarm()
    endCalls(of: who)
    for process in replicas[who].processes { try process.close() }
  }

  /// After `closeAll`, or after the folder was exchanged.
  func openOne(_ who: Int, with program: Vocabulary? = nil) throws {
    let old = replicas[who].processes[0]
    var environment = old.environment
    if let program { environment.vocabulary = program }
    replicas[who].acting = 0
    replicas[who].processes = [try open(old.dir, environment, on: disks[who])]
  }

  /// Another program takes the place of all that have the replica open.
  func reopen(_ who: Int, with program: Vocabulary) throws {
    try closeAll(who)
    try openOne(who, with: program)
  }

  /// One more process opens the replica.
  func openAgain(_ who: Int) throws {
    trace("another process opens \(replicas[who].name)")
    fault("process")
    let first = replicas[who].processes[0]
    var environment = first.environment
    if earlier != nil { environment.vocabulary = program() }
    FaultyFileSystem.save(below: first.dir)
    replicas[who].processes.append(try open(first.dir, environment, on: disks[who]))
  }

  /// `cp -r` of a replica; both go on with one device key. Sometimes the copy takes the high-water mark along,
  /// as the image of a whole machine does, so that only peers can find out.
  func copyFolder(_ who: Int) throws {
    let original = replicas[who]
    generation += 1
    let name = original.name + "c\(generation)"
    trace("\(original.name) is copied to \(name), and both go on")
    fault("copy")
    // Nobody closes a program for it.
    let isInUse = profile == .links && generator.chance(50)
    if isInUse { FaultyFileSystem.save(below: original.workspace.dir) } else { try closeAll(who) }
    let clock = ManualClock()
    clock.advance(milliseconds: original.clock.now - clock.now)
    var environment = TestMachine.environment(
      root: folder.path, clock: clock, seed: seed &+ UInt64(generation) &* 15_485_863, name: name)
    let path = folder.path + "/" + name
    let marks = faults["copy with its mark"]
    try TestMachine.copyFolder(of: original.workspace.dir, to: path)
    if generator.chance(50),
      try TestMachine.passMark(of: original.workspace, to: path, environment: &environment)
    {
      fault("copy with its mark")
    }
    if !isInUse { try openOne(who) }
    let hasMark = faults["copy with its mark"] != marks
    replicas.append(
      Replica(
        processes: [try Workspace.open(path, environment: environment)], known: original.known,
        clock: clock, name: name))
    unsealed[replicas.count - 1] = unsealed[who] ?? []
    noted[replicas.count - 1] = noted[who] ?? []
    if !hasMark { try noteLeft(replicas.count - 1) }
  }

  /// A copy of the replica's folder as a backup tool makes it.
  func backUp(_ who: Int) throws {
    trace("\(replicas[who].name) is backed up")
    generation += 1
    let path = folder.path + "/backup\(generation)"
    if profile != .links || generator.chance(50) { try reopen(who) }
    FaultyFileSystem.save(below: replicas[who].workspace.dir)
    try FileManager.default.copyItem(atPath: replicas[who].workspace.dir, toPath: path)
    backups.append(
      Backup(
        replica: who, path: path, known: replicas[who].known, unsealed: unsealed[who] ?? []))
  }

  /// The replica's folder becomes what a backup held: whatever was sealed and sent since then comes back by sync,
  /// whatever was not is what a restore loses everywhere.
  func restore() throws {
    guard let backup = backups.randomElement(using: &generator) else { return }
    try restore(backup)
  }

  func restore(_ backup: Backup) throws {
    let who = backup.replica
    trace("\(replicas[who].name) is restored from a backup")
    fault("restore")
    // Only what others hold may be forgotten here: else the write is gone from the world, as it should be.
    try seal(who)
    var others = replicas.indices.filter { $0 != who }
    // One is enough.
    if profile == .links { others = others.randomElement(using: &generator).map { [$0] } ?? [] }
    for other in others { try give(who, to: other, faulty: false) }
    let old = replicas[who].workspace
    try closeAll(who)
    try FileManager.default.removeItem(atPath: old.dir)
    try FileManager.default.copyItem(atPath: backup.path, toPath: old.dir)
    (disaster.ends[who], disaster.durableEnds[who]) = (nil, nil)
    watched.points.leave(who)
    if generator.chance(50) {
      try? FileManager.default.removeItem(atPath: old.environment.stateHome)
      fault("mark lost")
    }
    disks[who]?.forget()
    try openOne(who)
    try noteLeft(who)
    noted[who]?.formIntersection(try held(replicas[who].workspace))
    replicas[who].known = backup.known
    // What a power cut took after the backup is in the world again.
    disaster.gone.subtract(backup.known)
    unsealed[who] = backup.unsealed
  }

  func skewClock(_ who: Int) {
    let hours = Int64.random(in: -20_000...20_000, using: &generator)
    trace("\(replicas[who].name)'s clock moves by \(hours) hours")
    fault("clock")
    replicas[who].clock.advance(milliseconds: hours * 3_600_000)
  }
}
