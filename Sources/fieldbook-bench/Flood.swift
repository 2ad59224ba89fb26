import ArgumentParser
import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

/// What a hub pays for a member who gives more than anybody has use for. Prints what each step of the way cost.
struct Flood: ParsableCommand {
  enum Kind: String, ExpressibleByArgument, CaseIterable {
    /// One behind the other, in one log.
    case segments
    /// A log for each.
    case logs
    /// All at one place of one log.
    case forks
    /// Behind the first half of them, which are one log.
    case tails
    /// Each behind the one before, with a twin, and about the first of all.
    case comb
    /// All at one place of a log that has seen the first half of them, each a log.
    case witnesses
  }

  static let configuration = CommandConfiguration(
    abstract: "Give a hub many tiny signed segments, and print time, memory and disk on the way.")

  @Argument(help: "segments, logs, forks, tails, comb or witnesses.") var kind: Kind
  @Option(help: "How many, of one op each.") var count = 100_000

  func validate() throws {
    guard count > 0 else { throw ValidationError("--count must be at least 1") }
  }

  func run() throws {
    let team = try Team(["hub", "ana"])
    let run = try team.sharedRun()
    var evil = try Forger(key: [UInt8](repeating: 9, count: 32), workspace: team.hub.id)
    try team.hub.admit(evil.device, name: "flood")
    try TestMachine.quiesce(team.members)
    if kind == .forks {
      let first = try evil.sealed([op(0, run, team)])
      _ = try team.hub.apply([first.encoded], from: "flood")
      evil.goOn(after: first)
    }
    var given = 0
    var step = min(count, 1000)
    var (forging, taking) = (0.0, 0.0)
    var (before, took) = (0, 0.0)
    while given < count {
      let size = min(count - given, SyncLimits.windowSegments, step - given)
      var batch: [EncodedSegment] = []
      forging += try Measurement.seconds {
        batch = try (given..<given + size).map { try segment($0, run, team, &evil).encoded }
      }
      taking += try Measurement.seconds {
        let report = try team.hub.apply(batch, from: "flood")
        guard report.applied == size else { throw ValidationError("not all had their effect") }
      }
      given += size
      guard given == step else { continue }
      let each = 1e6 * (taking - took) / Double(given - before)
      try tell(given, each: each, forging: forging, taking: taking, team)
      (before, took) = (given, taking)
      step = min(count, step * 2)
    }
    let heads = try Measurement.seconds { _ = try team.hub.heads() }
    let digest = try Measurement.seconds { _ = try team.hub.headsDigest() }
    let server = SyncServer(workspace: team.hub)
    let synced = try Measurement.seconds { try TestMachine.call(team.ana, server) }
    let nothing = try Measurement.seconds { try TestMachine.call(team.ana, server) }
    print(
      String(format: "heads %.3f s, digest %.3f s, ", heads, digest)
        + String(format: "to a colleague %.1f s, nothing new %.3f s", synced, nothing))
    guard try team.ana.stateHash() == team.hub.stateHash() else {
      throw ValidationError("the colleague holds something else")
    }
    for member in team.members { try member.close() }
  }

  private func tell(_ given: Int, each: Double, forging: Double, taking: Double, _ team: Team)
    throws
  {
    let files = try FileManager.default.subpathsOfDirectory(atPath: team.hub.dir)
      .filter { $0.contains(".sqlite") }
    let disk = try files.reduce(0) { sum, name in
      let found = try FileManager.default.attributesOfItem(atPath: team.hub.dir + "/" + name)
      return sum + ((found[.size] as? Int) ?? 0)
    }
    let resident = ProcessMemory.kilobytes("VmRSS") >> 10
    print(
      String(format: "%8d %8.1f us each %8.1f s in all ", given, each, taking)
        + String(format: "(%.1f s forged) ", forging)
        + String(format: "%6d MiB resident %6d MiB on disk", resident, disk >> 20))
    fflush(nil)
  }

  private func op(_ index: Int, _ run: RunID, _ team: Team) -> Forger.Op {
    let overwrites = kind == .comb && index > 1 ? [WireDot(anchor: 0, number: 1)] : []
    return Forger.Op(
      kind: .set, entity: run.key,
      // No two of a fork are the same op.
      clock: HybridTime(
        milliseconds: team.clock.now + Int64([.segments, .logs].contains(kind) ? 0 : index)),
      cells: [
        Cell(
          field: .tag(EntryKey(unchecked: "flood\(index % 7)")), overwrites: overwrites,
          value: .text("x"))
      ])
  }

  private func segment(_ index: Int, _ run: RunID, _ team: Team, _ evil: inout Forger) throws
    -> Segment
  {
    let isFirstHalf = index < count / 2
    if kind == .logs || kind == .witnesses && (isFirstHalf || index == count / 2) {
      evil.begin(epoch: UInt64(index) + 1)
    }
    let seen = kind == .witnesses && index == count / 2 ? try team.hub.heads() : []
    let segment = try evil.sealed([op(index, run, team)], past: seen.suffix(Flood.anchors))
    let goesOn: Bool =
      switch kind {
      case .segments: true
      case .logs, .forks: false
      case .tails: isFirstHalf
      case .comb: index % 2 == 1
      case .witnesses: index == count / 2
      }
    if goesOn { evil.goOn(after: segment) }
    return segment
  }

  /// What one segment may say that it has seen.
  private static let anchors = 1000
}
