/// Ed25519 public key of a device, 32 bytes: its identity.
package struct DeviceKey: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let bytes: [UInt8]

  /// Nil unless there are 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  package var hex: String { Hex.encode(bytes) }
  /// What people see.
  package var id: String { String(hex.prefix(16)) }
  package var description: String { id }
  package static func < (left: DeviceKey, right: DeviceKey) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

/// What a device may do. Raw values are part of the log's format.
package enum Role: String, Sendable, CaseIterable {
  case admin
  case writer
  case reader
}

/// One replica's writing identity, as the log knows it.
package struct Device: Equatable, Sendable {
  package var key: DeviceKey
  package var name: String
  package var owner: String
  package var role: Role
  package var isHub: Bool
  package var isSelf: Bool
  package var enrolledTime: Timestamp
  /// Clock of its newest op known here.
  package var lastSeen: Timestamp?
  /// What it writes has no effect any more, beyond what an admin accepts.
  package var isRevoked: Bool
  /// How far its clock was ahead of this machine's when the two last met, in milliseconds; nil if they never did.
  package var clockOffset: Int64?
  /// How far its logs are known here.
  package var logs: [LogExtent]

  /// A branch of a log, and the number of its last op that is sealed.
  package struct LogExtent: Equatable, Sendable {
    package let epoch: UInt64
    package let number: UInt64

    package init(epoch: UInt64, number: UInt64) {
      self.epoch = epoch
      self.number = number
    }
  }

  package init(
    key: DeviceKey, name: String, owner: String, role: Role, isHub: Bool, isSelf: Bool,
    enrolledTime: Timestamp, lastSeen: Timestamp?, isRevoked: Bool = false,
    clockOffset: Int64? = nil, logs: [LogExtent] = []
  ) {
    self.key = key
    self.name = name
    self.owner = owner
    self.role = role
    self.isHub = isHub
    self.isSelf = isSelf
    self.enrolledTime = enrolledTime
    self.lastSeen = lastSeen
    self.isRevoked = isRevoked
    self.clockOffset = clockOffset
    self.logs = logs
  }
}
