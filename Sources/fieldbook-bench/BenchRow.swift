import Foundation

/// One line of the table.
struct BenchRow: Encodable {
  var name: String
  /// A median.
  var value: Double
  /// What ends in `/s` is better if it is more, all else if it is less.
  var unit: String
  /// The peer's median in the same unit and run; nil where there is none to compare with.
  var peer: Double?
  var peerName: String?
  var target: BenchTarget
  /// As its measurement says.
  var table: String?

  private var ratio: Double? { peer.map { value / $0 } }

  var line: String {
    func pad(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(1, width - text.count))
    }
    let beside = ratio.map { String(format: "%.2f x %@", $0, peerName ?? "") } ?? ""
    let verdict = target.isMet(value, ratio).map { $0 ? "" : ", MISSED" } ?? ""
    let goal = target.text.isEmpty ? "" : "target " + target.text + verdict
    return pad(name, 36) + pad(String(format: "%.3g %@", value, unit), 20) + pad(beside, 34) + goal
  }

  private enum Key: CodingKey { case name, value, unit, peer, peerName, target, isMet, table }

  func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(name, forKey: .name)
    try fields.encode(value, forKey: .value)
    try fields.encode(unit, forKey: .unit)
    try fields.encodeIfPresent(peer, forKey: .peer)
    try fields.encodeIfPresent(peerName, forKey: .peerName)
    try fields.encode(target.text, forKey: .target)
    try fields.encodeIfPresent(target.isMet(value, ratio), forKey: .isMet)
    try fields.encodeIfPresent(table, forKey: .table)
  }
}

enum BenchTarget {
  case none
  /// In the row's own unit.
  case atMost(Double)
  /// Beside the peer.
  case ratioAtMost(Double)
  case ratioAtLeast(Double)

  var text: String {
    switch self {
    case .none: ""
    case .atMost(let limit): String(format: "≤ %g", limit)
    case .ratioAtMost(let limit): String(format: "≤ %g x", limit)
    case .ratioAtLeast(let limit): String(format: "≥ %g x", limit)
    }
  }

  /// Nil without a target, or without a peer to compare with.
  func isMet(_ value: Double, _ ratio: Double?) -> Bool? {
    switch self {
    case .none: nil
    case .atMost(let limit): value <= limit
    case .ratioAtMost(let limit): ratio.map { $0 <= limit }
    case .ratioAtLeast(let limit): ratio.map { $0 >= limit }
    }
  }
}
