import FieldbookModel

/// A device asks for final numbers of a model's versions, to give while the allocator is away.
///
/// A value of the device's field `lease_requests`. Form: 16 bytes of `id`, 16 of the model's key, the count as a varint.
package struct LeaseRequest: Equatable, Sendable {
  /// Random: the lease that answers it names it, so that one request is answered once.
  package let id: EntityKey
  package let model: EntityKey
  package let count: Int64

  package static let counts: ClosedRange<Int64> = 1...1000

  /// - Parameter count: one of `counts`.
  package init(id: EntityKey, model: EntityKey, count: Int64) {
    self.id = id
    self.model = model
    self.count = count
  }

  /// Nil for anything else than one of its form.
  package init?(coded bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let (id, model) = try? reader.twoKeys(),
      let count = try? Int64(clamping: reader.varint()), reader.isAtEnd,
      LeaseRequest.counts.contains(count)
    else { return nil }
    self.init(id: id, model: model, count: count)
  }

  package var coded: [UInt8] {
    var out = ByteWriter(id, model)
    out.varint(UInt64(count))
    return out.bytes
  }
}

/// Final numbers of a model's versions that one device alone gives.
///
/// A value of the device's field `leases`, which admins write: only the allocator does. Form: 16 bytes of the request's
/// id, 16 of the model's key, first number and count as varints.
package struct NumberLease: Equatable, Sendable {
  package let request: EntityKey
  package let model: EntityKey
  package let numbers: ClosedRange<Int64>

  /// - Parameter numbers: at most `LeaseRequest.counts.upperBound` of them, all in `ModelVersion.finalNumbers`.
  package init(request: EntityKey, model: EntityKey, numbers: ClosedRange<Int64>) {
    self.request = request
    self.model = model
    self.numbers = numbers
  }

  /// Nil for anything else than one of its form.
  package init?(coded bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let (request, model) = try? reader.twoKeys(),
      let first = try? Int64(clamping: reader.varint()),
      let count = try? Int64(clamping: reader.varint()), reader.isAtEnd,
      LeaseRequest.counts.contains(count), ModelVersion.finalNumbers.contains(first),
      ModelVersion.finalNumbers.contains(first + count - 1)
    else { return nil }
    self.init(request: request, model: model, numbers: first...(first + count - 1))
  }

  package var coded: [UInt8] {
    var out = ByteWriter(request, model)
    out.varint(UInt64(numbers.lowerBound))
    out.varint(UInt64(numbers.count))
    return out.bytes
  }
}

extension FieldName {
  /// Of a device: numbers that are its own to give, as `NumberLease`.
  package static let leases = FieldName("leases")
  /// Of a device: what it asks for, as `LeaseRequest`.
  package static let leaseRequests = FieldName("lease_requests")
}

extension ByteReader {
  fileprivate mutating func twoKeys() throws(DecodingFailure) -> (EntityKey, EntityKey) {
    guard let one = EntityKey(bytes: try bytes(count: 16)),
      let other = EntityKey(bytes: try bytes(count: 16))
    else { throw .malformed("key") }
    return (one, other)
  }
}

extension ByteWriter {
  fileprivate init(_ one: EntityKey, _ other: EntityKey) {
    self.init()
    bytes(one.bytes)
    bytes(other.bytes)
  }
}
