import FieldbookTestSupport

extension SeededGenerator {
  /// In 0..<1, of 53 bits.
  mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

  /// Nearly normal, mean 0 and deviation 1: a sum, since logarithms differ between machines.
  mutating func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + unit() } }

  mutating func integer(_ range: ClosedRange<Int64>) -> Int64 {
    Int64.random(in: range, using: &self)
  }
}
