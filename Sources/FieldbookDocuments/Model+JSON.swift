import FieldbookModel
import FieldbookWorkspace

extension RegisteredModel {
  package var json: JSON {
    [
      "name": .string(name), "description": .optional(description),
      "lifecycle": .string(lifecycle.rawValue), "created_at": .time(createdTime),
      "last_update_time": .time(lastUpdateTime), "tags": .map(tags),
      "aliases": .map(aliases) { state in
        [
          "version": .optional(label(of: state.version)), "held": .bool(state.isHeld),
          "conflict": .optional(state.conflict),
        ]
      },
      "versions": .array(versions.map(\.json)),
    ]
  }

  package func label(of version: VersionID?) -> String? {
    versions.first { $0.id == version }?.label ?? version?.key.short
  }

  /// The highest final number, else the newest provisional one.
  package var latest: ModelVersion? {
    let active = versions.filter { $0.lifecycle == .active }
    let final = active.filter { $0.finalNumber != nil }
    return final.max { ($0.finalNumber ?? 0) < ($1.finalNumber ?? 0) }
      ?? active.max { $0.createdTime < $1.createdTime }
  }
}

extension ModelVersion {
  package var json: JSON {
    [
      "version": .string(label), "final": .bool(finalNumber != nil),
      "run_id": .optional(run?.hex), "source": .string(source), "status": .string(status),
      "stage": .string(stage), "created_at": .time(createdTime), "author": .string(author),
      "description": .optional(description), "lifecycle": .string(lifecycle.rawValue),
      "client_number": .integer(clientNumber), "tags": .map(tags),
    ]
  }
}

extension LeasedNumbers {
  package var json: JSON {
    [
      "device": .string(device.name), "first": .integer(numbers.lowerBound),
      "last": .integer(numbers.upperBound), "left": .count(left), "lapsed": .bool(hasLapsed),
    ]
  }
}
