import FieldbookModel
import FieldbookReplication
import FieldbookStore

/// Final version numbers that a device has at hand, to give while it is away from the allocator.
package struct LeasedNumbers: Equatable, Sendable {
  package let device: Device
  package let numbers: ClosedRange<Int64>
  /// Of these, as far as is known here, no version has these many.
  package let left: Int
  /// Nobody gives what is left: the device is revoked, or is this one and was restored since.
  package let hasLapsed: Bool
}

extension Workspace {
  /// Asks that this device have that many final numbers at hand for versions of a model, counted with those it has and
  /// has asked for. The allocator answers when it hears of it.
  ///
  /// - Returns: how many were asked for now; 0 if there are enough.
  /// - Throws: `InvalidInput` for a count that is not in 1...1000, and on the allocator's own device.
  @discardableResult
  package func requestLease(of model: ModelID, atLeast count: Int) throws -> Int {
    guard LeaseRequest.counts.contains(Int64(count)) else {
      throw InvalidInput(
        "\(count) numbers cannot be leased", hint: "ask for 1 to \(LeaseRequest.counts.upperBound)")
    }
    return try write(.person) { transaction in
      guard try transaction.allocator() != deviceKey else {
        throw InvalidInput(
          "this device gives final numbers itself",
          hint: "register versions as ever: fieldbook models register NAME --run RUN")
      }
      guard try transaction.model(model) != nil else {
        throw WorkspaceFailure.notFound(what: "model", reference: model.hex)
      }
      let missing = Int64(count) - (try transaction.numbersAtHand(of: model.key))
      guard missing > 0 else { return 0 }
      try transaction.requestLease(of: model, count: missing)
      return Int(missing)
    }
  }

  /// What is leased of a model's numbers, ascending.
  package func leasedNumbers(of model: ModelID) throws -> [LeasedNumbers] {
    try store.inspect { transaction in
      try transaction.devices().flatMap { device in
        try transaction.leaseStates(of: model.key, to: device.key).map { state in
          LeasedNumbers(
            device: device, numbers: state.lease.numbers, left: state.left,
            hasLapsed: device.isRevoked || device.isSelf && !state.isOfThisLog)
        }
      }
    }.sorted { $0.numbers.lowerBound < $1.numbers.lowerBound }
  }
}
