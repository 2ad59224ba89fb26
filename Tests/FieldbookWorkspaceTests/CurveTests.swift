import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Testing

/// Curves that are read from chunks are those of the points themselves.
@Suite("Curves of metrics")
struct CurveTests: TeamSuite {
  let team: Team
  let run: RunID

  init() throws {
    team = try Team()
    run = try team.sharedRun()
  }

  private func log(_ who: Workspace, _ points: [MetricPoint], _ key: String = "loss") throws {
    try who.logBatch(
      run, parameters: [], metrics: [MetricSeries(key: key, points: points)], tags: [],
      durability: .script)
  }

  private func points(_ steps: some Sequence<Int64>) -> [MetricPoint] {
    steps.map { MetricPoint(step: $0, timestamp: 1000 + $0 * 7 % 400, value: Double($0 % 13) - 6) }
  }

  private func describe(_ columns: [MetricCurve.Column]?) -> [String] {
    (columns ?? []).map { "\($0)" }
  }

  /// Whatever window and number of columns, against a curve of the points one by one.
  private func expectExact(
    _ who: Workspace, _ generator: inout SeededGenerator,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    let all = try who.metricHistory(run, key: "loss")
    for axis in MetricCurve.Axis.allCases {
      let places = all.map { $0.place(on: axis) }.sorted()
      let whole = places.first!...places.last!
      for count in [1, 3, 50, 5000] {
        let ends = (0..<2).map { _ in Int64.random(in: whole, using: &generator) }.sorted()
        for window in [nil, ends[0]...ends[1]] {
          var builder = CurveBuilder(axis: axis, window: window ?? whole, columns: count)
          builder.add(all)
          let curve = try who.curve(
            run, CurveRequest(key: "loss", axis: axis, window: window, columns: count))
          #expect(curve?.window == window ?? whole, sourceLocation: location)
          #expect(curve?.absent == 0, sourceLocation: location)
          #expect(
            describe(curve?.columns) == describe(builder.curve().columns), sourceLocation: location)
        }
      }
    }
  }

  @Test("chunks, a tail, and chunks of two devices that hold the same points") func exact() throws {
    var generator = SeededGenerator(seed: 5)
    try log(ana, points(0..<300))
    try expectExact(ana, &generator)
    try ana.seal()
    try log(ana, points(300..<700))
    try log(bo, points(250..<500))
    try TestMachine.quiesce(members)
    try log(ana, points((700..<900).reversed()))
    try log(ana, points(20..<900), "other")
    try expectExact(ana, &generator)
    try expectExact(bo, &generator)
    #expect(try ana.metricHistory(run, key: "loss").count == 900)
  }

  @Test("a spike of one point among many is seen from afar, and exact from near") func spike()
    throws
  {
    var all = points(0..<20_000)
    all[12_345].value = 1e6
    for start in stride(from: 0, to: all.count, by: 2500) {
      try log(ana, Array(all[start..<start + 2500]))
    }
    let far = try #require(try ana.curve(run, CurveRequest(key: "loss", columns: 10)))
    #expect(far.columns.count == 10)
    #expect(far.columns.filter { $0.maximum == 1e6 }.map(\.range) == [12_000...13_999])
    let near = try #require(
      try ana.curve(run, CurveRequest(key: "loss", window: 12_340...12_350, columns: 10)))
    #expect(near.columns.flatMap { [$0.range.lowerBound, $0.range.upperBound] }.contains(12_345))
    let exact = try #require(
      try ana.curve(run, CurveRequest(key: "loss", window: 12_340...12_350, columns: 100)))
    #expect(exact.columns.map(\.last) == Array(all[12_340...12_350]))
  }

  @Test("points that are known and not here are told of") func absent() throws {
    try log(ana, points(0..<100))
    try ana.seal()
    let segments = try ana.segments(notIn: bo.heads(), maxBytes: 1 << 24, after: nil).segments
    _ = try bo.apply(segments, from: "ana")
    let curve = try bo.curve(
      run, CurveRequest(key: "loss", window: 0...1000, columns: 10))
    #expect(curve?.absent == 100 && curve?.columns.isEmpty == true)
    #expect(try bo.curve(run, CurveRequest(key: "none", columns: 10)) == nil)
  }
}
