import FieldbookModel
import FieldbookReplication
import FieldbookStore
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// Peers can leave values out of segments that they give; whoever has them heals that.
@Suite("Completion of segments")
struct CompletionTests: TeamSuite {
  let team: Team
  let run: RunID

  init() throws {
    team = try Team()
    run = try team.sharedRun()
  }

  /// The segments that the target lacks, without the cells that are named.
  private func stripped(
    _ source: Workspace, for target: Workspace?,
    _ isLeftOut: (Operation<WireDot>, Cell<WireDot>) -> Bool
  ) throws -> [EncodedSegment] {
    let heads = try target?.heads() ?? []
    _ = try source.heads()
    return try source.segments(notIn: heads, maxBytes: 1 << 24, after: nil).segments.map {
      let segment = try Segment(encoded: $0.bytes)
      let body = try segment.body()
      var places: Set<CellPlace> = []
      for (position, op) in body.ops.enumerated() {
        for (index, cell) in op.cells.enumerated() where isLeftOut(op, cell) {
          places.insert(CellPlace(op: position, cell: index))
        }
      }
      return places.isEmpty ? $0 : try segment.replacing(body.withholding(places)).encoded
    }
  }

  private func expectWhole(
    _ team: [Workspace], at location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try Set(team.map { try $0.headsDigest() }).count == 1, sourceLocation: location)
    #expect(try TestMachine.discord(team) == [], sourceLocation: location)
    #expect(try TestMachine.gaps(team) == [], sourceLocation: location)
  }

  @Test("a purge whose own values were left out is asked for again, and carried out")
  func strippedPurge() throws {
    try ana.setTag(run.key, EntryKey("k"), "token", durability: .person)
    try TestMachine.quiesce(members)
    _ = try hub.purge(run.key, .field(.tag(EntryKey("k"))), reason: "r", label: nil)
    _ = try bo.apply(stripped(hub, for: bo) { op, _ in op.kind == .purge }, from: "evil")
    #expect(try bo.run(run).tags["k"] == "token")
    #expect(try bo.missingChunkPayloads(limit: 10).count == 1)
    try TestMachine.fill(bo, from: hub)
    #expect(try bo.run(run).tags["k"] == nil)
    try expectWhole([hub, bo])
  }

  @Test("an op of a kind that is not known yet comes back whole, too")
  func strippedUnknown() throws {
    try ana.store.write(.person) { transaction in
      _ = try transaction.appendUnchecked(
        kind: OperationKind(rawValue: 999), entity: run.key,
        cells: [Cell(field: FieldName("later"), overwrites: [], value: .text("v"))])
    }
    _ = try bo.apply(stripped(ana, for: bo) { op, _ in op.kind.rawValue == 999 }, from: "evil")
    #expect(try bo.missingChunkPayloads(limit: 10).count == 1)
    try TestMachine.fill(bo, from: ana)
    try expectWhole([ana, bo])
  }

  @Test("two copies of which each lacks what the other has make both whole")
  func merged() throws {
    try ana.store.write(.person) { transaction in
      for name in ["a", "b", "c"] {
        try transaction.set(run.key, [(.tag(try EntryKey(name)), .text(name))])
      }
    }
    func lacking(_ names: Set<String>) -> (Operation<WireDot>, Cell<WireDot>) -> Bool {
      { _, cell in cell.value?.text.map(names.contains) ?? false }
    }
    let bare = try stripped(ana, for: bo, lacking(["a", "b", "c"]))
    _ = try hub.apply(stripped(ana, for: hub, lacking(["a", "c"])), from: "evil")
    _ = try bo.apply(stripped(ana, for: bo, lacking(["b"])), from: "evil")
    let hash = try #require(try bo.missingChunkPayloads(limit: 10).first)
    // What has nothing to give, or is no segment, changes nothing.
    let before = try bo.stateHash()
    for one in bare { try bo.putChunkPayload(hash, one.bytes) }
    try bo.putChunkPayload(hash, [1, 2, 3])
    try bo.putChunkPayload(hash, [])
    #expect(try bo.stateHash() == before)
    try TestMachine.fill(bo, from: hub)
    try TestMachine.fill(hub, from: bo)
    for one in [hub, bo] {
      #expect(try one.run(run).tags == ["a": "a", "b": "b", "c": "c"])
    }
    try expectWhole(members)
    // The seed of the salts stays gone: neither copy had it.
    let sealed = try #require(try ana.chunkPayload(hash))
    let healed = try #require(try hub.chunkPayload(hash))
    #expect(try Segment(encoded: healed).body().ops == Segment(encoded: sealed).body().ops)
  }

  @Test("values that differ from what was signed are not taken with those that are right")
  func lie() throws {
    try ana.store.write(.person) { transaction in
      for name in ["a", "b"] {
        try transaction.set(run.key, [(.tag(try EntryKey(name)), .text(name))])
      }
    }
    _ = try bo.apply(
      stripped(ana, for: bo) { _, cell in cell.value?.text == "a" || cell.value?.text == "b" },
      from: "evil")
    let hash = try #require(try bo.missingChunkPayloads(limit: 10).first)
    let segment = try Segment(encoded: try #require(try ana.chunkPayload(hash)))
    var body = try segment.body()
    let count = body.ops.reduce(0) { $0 + $1.cells.count }
    body.salts = .each(try body.salts.bytes(cells: count))
    for position in body.ops.indices {
      for index in body.ops[position].cells.indices
      where body.ops[position].cells[index].value == .text("a") {
        body.ops[position].cells[index].value = .text("forged")
      }
    }
    try bo.putChunkPayload(hash, segment.replacing(body).encoded.bytes)
    #expect(try bo.run(run).tags == ["b": "b"])
    try TestMachine.fill(bo, from: ana)
    #expect(try bo.run(run).tags == ["a": "a", "b": "b"])
    try expectWhole([ana, bo])
  }

  @Test("a segment that comes again gives what the one here lacks; doctor tells values from points")
  func cameAgain() throws {
    try ana.setTag(run.key, EntryKey("k"), "v", durability: .person)
    let whole = try stripped(ana, for: bo) { _, _ in false }
    _ = try bo.apply(stripped(ana, for: bo) { _, cell in cell.value?.text == "v" }, from: "evil")
    let checks = try bo.doctor()
    #expect(checks.first { $0.name == "metric data" }?.ok == true)
    #expect(checks.first { $0.name == "values" }?.ok == false)
    let report = try bo.apply(whole, from: "honest")
    #expect(report.duplicates == whole.count && report.applied == 0)
    #expect(try bo.run(run).tags["k"] == "v")
    try expectWhole([ana, bo])
  }

  @Test("a large segment that grows by purges can still be read")
  func growth() throws {
    #expect(SegmentLimits.purgedBytes == SegmentLimits.cells * 48)
    let seed = [UInt8](repeating: 7, count: 32)
    let noise = try Salts.seed(seed).bytes(cells: 1 << 15)
    // Small values that do not compress: with a salt each, the body is twice as large and more.
    let ops = (0..<64).map { position in
      Operation<WireDot>(
        kind: .set, entity: run.key, clock: HybridTime(raw: 1),
        cells: (0..<1024).map { index in
          let start = (position * 1024 + index) * 8
          return Cell(
            field: FieldName("f"), overwrites: [], value: .bytes(Array(noise[start..<start + 8])))
        })
    }
    let body = SegmentBody(salts: .seed(seed), ops: ops)
    let places = Set(
      ops.indices.flatMap { op in (0..<1024).map { CellPlace(op: op, cell: $0) } })
    for gone: Set<CellPlace> in [[CellPlace(op: 0, cell: 0)], places] {
      let bare = try body.withholding(gone).encoded(clockBase: HybridTime(raw: 0))
      let before = body.encoded(clockBase: HybridTime(raw: 0)).count
      #expect(bare.count > before)
      #expect(bare.count <= before + ops.count * 1024 * 48)
    }
  }
}
