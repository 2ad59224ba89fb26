import FieldbookModel
import FieldbookWorkspace

/// An arrival, and what it counts as.
struct Unit {
  var arrival: Arrival
  /// Nil for more of a thing that was counted.
  var kind: MovedKind?
  /// For messages.
  var name: String

  /// In pieces that each fit one change.
  var parts: [Unit] {
    guard arrival.fields.count > Batch.fields || bytes > Batch.bytes else { return [self] }
    var first = self
    first.arrival.fields = []
    first.arrival.members = []
    var parts = [first]
    var part = Unit(arrival: Arrival(arrival.kind, arrival.entity), kind: nil, name: name)
    func close() {
      if !part.arrival.fields.isEmpty || !part.arrival.members.isEmpty { parts.append(part) }
      part.arrival.fields = []
      part.arrival.members = []
    }
    for field in arrival.fields {
      part.arrival.fields.append(field)
      if part.arrival.fields.count >= Batch.fields || part.bytes > Batch.bytes { close() }
    }
    for member in arrival.members {
      part.arrival.members.append(member)
      if part.arrival.members.count >= Batch.fields || part.bytes > Batch.bytes { close() }
    }
    close()
    return parts
  }

  var bytes: Int {
    (arrival.founding + arrival.fields + arrival.members).reduce(0) { sum, field in
      let value =
        switch field.value {
        case .text(let text): text.utf8.count
        case .bytes(let bytes): bytes.count
        default: 8
        }
      return sum + field.name.text.utf8.count + value
    }
  }

  var pointCount: Int { arrival.points.reduce(0) { $0 + $1.points.count } }
}

/// What goes into one change: large, so that it is quick, and far below what one change can hold.
struct Batch {
  static let things = 100
  static let fields = 5000
  static let bytes = 1 << 20
  /// A chunk takes as many: points of one run beyond that are recorded in several changes.
  static let points = 200_000

  private(set) var units: [Unit] = []
  private var fieldCount = 0
  private var byteCount = 0
  private var pointCount = 0

  func hasRoom(for unit: Unit) -> Bool {
    units.isEmpty
      || units.count < Batch.things
        && fieldCount + Batch.fieldCount(unit) <= Batch.fields
        && byteCount + unit.bytes <= Batch.bytes
        && pointCount + unit.pointCount <= Batch.points
  }

  mutating func add(_ unit: Unit) {
    units.append(unit)
    fieldCount += Batch.fieldCount(unit)
    byteCount += unit.bytes
    pointCount += unit.pointCount
  }

  private static func fieldCount(_ unit: Unit) -> Int {
    unit.arrival.fields.count + unit.arrival.members.count
  }
}
