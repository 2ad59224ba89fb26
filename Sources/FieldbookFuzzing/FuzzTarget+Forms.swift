// The two promises that most decoders share, besides that of ending well.
extension FuzzTarget {
  /// A format in which a value has one form: what reads is written as it was.
  static func exact<Value>(
    _ name: String, maxBytes: Int = 4096,
    seeds: @autoclosure @escaping @Sendable () throws -> [[UInt8]],
    read: @escaping @Sendable ([UInt8]) throws -> Value,
    write: @escaping @Sendable (Value) throws -> [UInt8]
  ) -> FuzzTarget {
    FuzzTarget(name, maxBytes: maxBytes, seeds: try seeds()) { bytes in
      let value = try read(bytes)
      try promise(try write(value) == bytes, "\(name): what was read is written otherwise")
    }
  }

  /// A format in which a value can have several forms: what reads, and is written, reads as the
  /// same value.
  static func faithful<Value: Equatable & SendableMetatype>(
    _ name: String, maxBytes: Int = 4096,
    seeds: @autoclosure @escaping @Sendable () throws -> [[UInt8]],
    read: @escaping @Sendable ([UInt8]) throws -> Value,
    write: @escaping @Sendable (Value) throws -> [UInt8]
  ) -> FuzzTarget {
    FuzzTarget(name, maxBytes: maxBytes, seeds: try seeds()) { bytes in
      try promiseFaithful(try read(bytes), name, read: read, write: write)
    }
  }
}

func promiseFaithful<Value: Equatable>(
  _ value: Value, _ name: String, read: ([UInt8]) throws -> Value,
  write: (Value) throws -> [UInt8]
) throws {
  let again: Value
  do { again = try read(try write(value)) } catch {
    throw BrokenPromise("\(name): what was read and written does not read: \(error)")
  }
  try promise(again == value, "\(name): what was read and written reads otherwise")
}

extension [UInt8] {
  /// As text; what is no UTF-8 is replaced.
  var text: String { String(decoding: self, as: UTF8.self) }

  /// Cut at each record separator (U+001E): several texts in one input. As many as asked for,
  /// empty where none is left.
  func texts(_ count: Int) -> [String] {
    let parts = split(separator: 0x1e, maxSplits: count - 1, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    return parts + [String](repeating: "", count: count - parts.count)
  }
}
