import FieldbookModel

extension Device {
  package var json: JSON {
    [
      "id": .string(key.id), "key": .string(key.hex), "name": .string(name),
      "owner": .string(owner), "role": .string(role.rawValue), "revoked": .bool(isRevoked),
      "hub": .bool(isHub), "self": .bool(isSelf), "enrolled_at": .time(enrolledTime),
      "last_seen": .time(lastSeen),
      "clock_offset": clockOffset.map { .number(Double($0) / 1000) } ?? .null,
      "logs": .array(
        logs.map { log in
          ["epoch": .string(Hex.encode(log.epoch.bytes)), "seq": .integer(Int64(log.number))]
        }),
    ]
  }
}
