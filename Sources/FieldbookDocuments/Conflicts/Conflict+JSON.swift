import FieldbookModel

extension Conflict {
  package var json: JSON {
    [
      "id": .string(id), "kind": .string(kind.rawValue), "blocking": .bool(isBlocking),
      "entity": entity.json, "field": .string(field.text), "base": .optional(base),
      "base_origin": base == nil ? .null : .string(baseOrigin.rawValue),
      "shown": .optional(shown), "sides": .array(sides.map(\.json)),
    ]
  }

  /// With how each side differs from the base, and what a merge gives.
  package func document(_ merge: ConflictMerge?) -> JSON {
    json.adding([
      "diff": .array(
        sides.map { side in
          [
            "side": .string(side.letter),
            "text": .string(
              LineDifference(from: base ?? "", to: side.value ?? "").text),
          ]
        }),
      "merge": merge.map { ["clean": .bool($0.isClean), "text": .string($0.text)] } ?? .null,
    ])
  }
}

extension ConflictSide {
  package var json: JSON {
    [
      "side": .string(letter), "value": .optional(value), "author": .string(author),
      "device": .string(device), "time": .time(time), "op": .string(op), "mine": .bool(isMine),
      "suspect_clock": .bool(isSuspect),
    ]
  }
}
