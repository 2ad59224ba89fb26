import Crypto
import FieldbookModel

/// What one side holds of the segments whose hashes lie in a range.
package struct HashRange: Equatable, Sendable {
  /// The least hash that belongs to it; nil: from the first on.
  package var lower: SegmentHash?
  /// The least hash that does not belong to it any more; nil: to the last.
  package var upper: SegmentHash?
  package var count: Int
  /// The first 16 bytes of SHA-256 over the hashes, ascending.
  package var fingerprint: [UInt8]

  package static let fingerprintBytes = 16

  /// - Parameter hashes: ascending.
  package init(
    of hashes: ArraySlice<SegmentHash>, from lower: SegmentHash?, to upper: SegmentHash?
  ) {
    self.lower = lower
    self.upper = upper
    count = hashes.count
    var sum = SHA256()
    for hash in hashes { sum.update(data: hash.bytes) }
    fingerprint = Array(sum.finalize().prefix(HashRange.fingerprintBytes))
  }

  fileprivate init(lower: SegmentHash?, upper: SegmentHash?, count: Int, fingerprint: [UInt8]) {
    self.lower = lower
    self.upper = upper
    self.count = count
    self.fingerprint = fingerprint
  }
}

/// What the side that is asked says of one range.
package enum HashRangeAnswer: Equatable, Sendable {
  case equal
  /// All that it holds there, ascending.
  case hashes([SegmentHash])
  /// Of more, parts that cover the range, ascending.
  case parts([HashRange])
}

/// All segments that a side holds, to be compared with another's range by range: what it costs follows the differences,
/// not the history. Source: A. Meyer, "Range-Based Set Reconciliation", 2023.
package struct HashSet: Sendable {
  private let hashes: [SegmentHash]

  package init(_ hashes: some Sequence<SegmentHash>) { self.hashes = hashes.sorted() }

  package static let partsPerRange = 16
  /// So few are told one by one.
  package static let fewHashes = 32
  package static let rangesPerMessage = 256

  package func hashes(from lower: SegmentHash?, to upper: SegmentHash?) -> ArraySlice<SegmentHash> {
    let start = lower.map(place) ?? 0
    let end = upper.map(place) ?? hashes.count
    return hashes[start..<max(start, end)]
  }

  package var whole: HashRange { HashRange(of: hashes[...], from: nil, to: nil) }

  package func answer(_ asked: HashRange) -> HashRangeAnswer {
    let own = hashes(from: asked.lower, to: asked.upper)
    if Mutant.isOn(.differencesSkipped), own.count == asked.count { return .equal }
    if HashRange(of: own, from: asked.lower, to: asked.upper) == asked { return .equal }
    if own.count <= HashSet.fewHashes { return .hashes(Array(own)) }
    let size = (own.count + HashSet.partsPerRange - 1) / HashSet.partsPerRange
    let starts = Array(stride(from: own.startIndex, to: own.endIndex, by: size))
    return .parts(
      starts.indices.map { index in
        let end = index + 1 < starts.count ? starts[index + 1] : own.endIndex
        return HashRange(
          of: own[starts[index]..<end], from: index == 0 ? asked.lower : own[starts[index]],
          to: index + 1 < starts.count ? own[end] : asked.upper)
      })
  }

  /// The first place whose hash is not less.
  private func place(_ hash: SegmentHash) -> Int {
    var (low, high) = (0, hashes.count)
    while low < high {
      let middle = (low + high) / 2
      if hashes[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A comparison from the side that asks, message by message.
package struct HashComparison: Sendable {
  private let own: HashSet
  private var open: [HashRange]
  private var asked: [HashRange] = []
  private var messages = 0
  package private(set) var onlyHere: [SegmentHash] = []
  package private(set) var onlyThere: [SegmentHash] = []

  /// More than any honest peer needs.
  package static let messageLimit = 10_000

  package init(_ own: HashSet) {
    self.own = own
    open = [own.whole]
  }

  /// What to ask next; nil when everything is known.
  package mutating func question() -> [HashRange]? {
    guard !open.isEmpty else { return nil }
    asked = Array(open.prefix(HashSet.rangesPerMessage))
    open.removeFirst(asked.count)
    return asked
  }

  /// - Parameter answers: one for each range that was asked, in their order.
  package mutating func take(_ answers: [HashRangeAnswer]) throws(DecodingFailure) {
    messages += 1
    guard answers.count == asked.count, messages <= HashComparison.messageLimit else {
      throw .malformed("comparison of segments")
    }
    for (range, answer) in zip(asked, answers) {
      switch answer {
      case .equal: continue
      case .hashes(let theirs): try compare(theirs, in: range)
      case .parts(let parts): try split(range, parts)
      }
    }
  }

  private mutating func compare(_ theirs: [SegmentHash], in range: HashRange)
    throws(DecodingFailure)
  {
    let isInside = theirs.allSatisfy { hash in
      range.lower.map { $0 <= hash } != false && range.upper.map { hash < $0 } != false
    }
    guard isInside else { throw .malformed("comparison of segments: a hash of another range") }
    let ours = own.hashes(from: range.lower, to: range.upper)
    let (held, told) = (Set(ours), Set(theirs))
    onlyHere += ours.filter { !told.contains($0) }
    onlyThere += told.subtracting(held).sorted()
  }

  private mutating func split(_ range: HashRange, _ parts: [HashRange]) throws(DecodingFailure) {
    var lower = range.lower
    for part in parts {
      guard part.lower == lower else { throw .malformed("comparison of segments: a gap") }
      if let upper = part.upper {
        let isRising = lower.map { $0 < upper } ?? true
        guard isRising, range.upper.map({ upper <= $0 }) != false else {
          throw .malformed("comparison of segments: ranges that do not rise")
        }
      }
      lower = part.upper
      let here = HashRange(
        of: own.hashes(from: part.lower, to: part.upper), from: part.lower, to: part.upper)
      if here != part { open.append(here) }
    }
    guard parts.count > 1, lower == range.upper else {
      throw .malformed("comparison of segments: a range that is not covered")
    }
  }
}

// MARK: On the wire

/// Ranges and answers as bytes.
package enum HashRangeCoding {
  package static func encode(_ ranges: [HashRange]) -> [UInt8] {
    var out = ByteWriter()
    write(ranges, to: &out)
    return out.bytes
  }

  package static func decodeRanges(_ bytes: [UInt8]) throws(DecodingFailure) -> [HashRange] {
    var reader = ByteReader(bytes)
    let ranges = try ranges(&reader, limit: HashSet.rangesPerMessage)
    guard reader.isAtEnd else { throw .malformed("bytes follow the ranges") }
    return ranges
  }

  package static func encode(_ answers: [HashRangeAnswer]) -> [UInt8] {
    var out = ByteWriter()
    out.varint(UInt64(answers.count))
    for answer in answers {
      switch answer {
      case .equal: out.bytes([0])
      case .hashes(let hashes):
        out.bytes([1])
        out.varint(UInt64(hashes.count))
        for hash in hashes { out.bytes(hash.bytes) }
      case .parts(let parts):
        out.bytes([2])
        write(parts, to: &out)
      }
    }
    return out.bytes
  }

  package static func decodeAnswers(_ bytes: [UInt8]) throws(DecodingFailure) -> [HashRangeAnswer] {
    var reader = ByteReader(bytes)
    var answers: [HashRangeAnswer] = []
    for _ in 0..<(try reader.count(limit: HashSet.rangesPerMessage)) {
      switch try reader.bytes(count: 1).first {
      case 0: answers.append(.equal)
      case 1:
        var hashes: [SegmentHash] = []
        for _ in 0..<(try reader.count(limit: HashSet.fewHashes)) {
          hashes.append(try reader.digest())
        }
        answers.append(.hashes(hashes))
      case 2: answers.append(.parts(try ranges(&reader, limit: HashSet.partsPerRange)))
      default: throw .malformed("answer of a comparison")
      }
    }
    guard reader.isAtEnd else { throw .malformed("bytes follow the answers") }
    return answers
  }

  private static func write(_ ranges: [HashRange], to out: inout ByteWriter) {
    out.varint(UInt64(ranges.count))
    for range in ranges {
      out.lengthPrefixed(range.lower?.bytes ?? [])
      out.lengthPrefixed(range.upper?.bytes ?? [])
      out.varint(UInt64(range.count))
      out.bytes(range.fingerprint)
    }
  }

  private static func ranges(_ reader: inout ByteReader, limit: Int) throws(DecodingFailure)
    -> [HashRange]
  {
    func bound() throws(DecodingFailure) -> SegmentHash? {
      let bytes = Array(try reader.lengthPrefixed(limit: 32))
      guard bytes.isEmpty || bytes.count == 32 else { throw .malformed("bound of a range") }
      return SegmentHash(bytes: bytes)
    }
    var ranges: [HashRange] = []
    for _ in 0..<(try reader.count(limit: limit)) {
      let (lower, upper) = (try bound(), try bound())
      let count = try reader.count(limit: Int(Int32.max))
      let fingerprint = Array(try reader.bytes(count: HashRange.fingerprintBytes))
      ranges.append(
        HashRange(lower: lower, upper: upper, count: count, fingerprint: fingerprint))
    }
    return ranges
  }
}
