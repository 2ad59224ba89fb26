import FieldbookModel
import FieldbookWorkspace

/// A run whose points are coming.
struct OpenRun {
  private var arrival: Arrival
  let name: String
  private(set) var keys: Set<String> = []
  private(set) var pointCount = 0
  private var points: [String: [MetricPoint]] = [:]
  private var isFirst = true

  init(arrival: Arrival, name: String) {
    self.arrival = arrival
    self.name = name
  }

  var isFull: Bool { pointCount >= Batch.points }

  mutating func add(_ series: MetricSeries) {
    guard !series.points.isEmpty else { return }
    keys.insert(series.key)
    points[series.key, default: []] += series.points
    pointCount += series.points.count
  }

  /// What came so far; the rest of the run follows.
  mutating func part() -> Unit { next(isWhole: false) }

  mutating func last() -> Unit { next(isWhole: isFirst) }

  private mutating func next(isWhole: Bool) -> Unit {
    var out = arrival
    if !isFirst { out = Arrival(arrival.kind, arrival.entity) }
    out.points = points.sorted { $0.key < $1.key }.map {
      MetricSeries(key: $0.key, points: MetricPoint.union([$0.value]))
    }
    if isWhole, pointCount > 0 { out.pointsPrint = OpenRun.print(out.points) }
    let unit = Unit(arrival: out, kind: isFirst ? .runs : nil, name: name)
    points = [:]
    pointCount = 0
    isFirst = false
    return unit
  }

  /// The same for the same points, in whatever order they come.
  static func print(_ series: [MetricSeries]) -> UInt64 {
    var sum: UInt64 = 0
    for one in series {
      let key = one.key.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
      for point in one.points {
        var hash = mixed(key ^ UInt64(bitPattern: point.step))
        hash = mixed(hash ^ UInt64(bitPattern: point.timestamp))
        sum &+= mixed(hash ^ point.value.bitPattern)
      }
    }
    return sum
  }

  /// The finalizer of SplitMix64; see `EntityKey.impliedTail`.
  private static func mixed(_ value: UInt64) -> UInt64 {
    var mixed = value &+ 0x9e37_79b9_7f4a_7c15
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }
}
