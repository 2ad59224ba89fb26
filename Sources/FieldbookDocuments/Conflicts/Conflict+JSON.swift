import FieldbookModel

extension Conflict {
  package var json: JSON {
    [
      "id": .string(id), "kind": .string(kind.rawValue), "blocking": .bool(isBlocking),
      "entity": entity.json, "field": .string(field.text), "base": .optional(base),
      "base_origin": base == nil ? .null : .string(baseOrigin.rawValue),
      "field_words": .string(fieldWords),
      "base_words": base == nil ? .null : .string(baseWords),
      "shown": .optional(shown), "sides": .array(sides.map(\.json)),
    ]
  }

  /// With how each side differs from the base, what a merge gives, and every way to decide with what comes of it.
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
      "choices": .array(choices(merge).map(\.json)),
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
