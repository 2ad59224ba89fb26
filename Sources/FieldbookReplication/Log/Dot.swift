/// The name of one op inside a replica: which branch of which log, and its number there.
///
/// The true name is the running hash of the log up to the op; a replica interns branches (`chain`), so
/// that a dot fits one database integer. Dots of two replicas cannot be compared.
package struct Dot: Hashable, Comparable, Sendable {
  package let raw: Int64

  package init(raw: Int64) { self.raw = raw }
  package init(chain: Int64, number: UInt64) { raw = chain << 40 | Int64(number) }

  package var chain: Int64 { raw >> 40 }
  package var number: UInt64 { UInt64(raw & (1 << 40 - 1)) }

  package static let numberLimit: UInt64 = 1 << 40
  package static func < (left: Dot, right: Dot) -> Bool { left.raw < right.raw }
}

/// A dot as a segment writes it: a number in the past of one of the segment's anchors.
package struct WireDot: Hashable, Sendable {
  /// 0 is the segment's own log; n is the n-th anchor of the header.
  package let anchor: Int
  package let number: UInt64

  package init(anchor: Int, number: UInt64) {
    self.anchor = anchor
    self.number = number
  }
}
