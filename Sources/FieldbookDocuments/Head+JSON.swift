import FieldbookModel
import FieldbookReplication

extension Head {
  package var json: JSON {
    [
      "log": .string(log.description), "seq": .integer(Int64(clamping: number)),
      "hash": .string(hash.hex),
    ]
  }
}
