import FieldbookModel
import FieldbookWorkspace

extension StatusReport {
  package var json: JSON {
    [
      "workspace": ["id": .string(workspaceID.hex), "name": .string(workspaceName)],
      "device": [
        "id": .string(device.key.id), "name": .string(device.name),
        "role": .string(device.role.rawValue), "pending": .bool(isPending),
      ],
      "log": .string(log),
      "level": .count(level),
      "state_hash": .string(stateHash),
      "heads": .array(heads.map(\.json)),
      "unsent_ops": .count(unsentOps),
      "conflicts": [
        "total": .count(conflictsTotal), "blocking": .count(conflictsBlocking),
      ],
      "remotes": .array(remotes.map(\.json)),
      "objects": objects?.json ?? .null,
    ]
  }
}

extension ObjectsStatus {
  package var json: JSON {
    [
      "address": .string(address),
      "packs": .count(standing.away), "pack_bytes": .integer(standing.awayBytes),
      "waiting_packs": .count(standing.waiting),
      "waiting_bytes": .integer(standing.waitingBytes),
      "cached_packs": .count(standing.cached), "cached_bytes": .integer(standing.cachedBytes),
      "cache_bytes": .integer(cacheBytes),
    ]
  }
}
