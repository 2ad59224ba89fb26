/// What kind of decision a conflict asks for. Raw values are those of the JSON contract.
package enum ConflictKind: String, Sendable, CaseIterable {
  case value
  case deleteEdit = "delete_edit"
  case name
  case alias
  case version
  case clone
}

/// Where the base of a conflict comes from. Raw values are those of the JSON contract.
package enum ConflictBase: String, Sendable {
  /// All sides replaced it.
  case replaced
  /// The nearest text that all sides came from, by way of texts that a merge or a person wrote between.
  case nearest
  /// Several texts are equally near; it is the merge of those.
  case merged
  /// Several are equally near and contradict each other; it is the newest of them.
  case oneOfSeveral = "one_of_several"
}

/// A field that people decided differently without having seen each other.
package struct Conflict: Equatable, Sendable {
  /// 64 hexadecimal digits, the same on every replica.
  package var id: String
  package var kind: ConflictKind
  package var isBlocking: Bool
  package var entity: EntityReference
  package var field: FieldName
  /// What the sides started from; nil if there was nothing, or no one thing.
  package var base: String?
  /// Of a base that is there.
  package var baseOrigin: ConflictBase
  package var shown: String?
  /// By ascending op hash; side `a` first.
  package var sides: [ConflictSide]

  package init(
    id: String, kind: ConflictKind, isBlocking: Bool, entity: EntityReference, field: FieldName,
    base: String?, baseOrigin: ConflictBase = .replaced, shown: String?, sides: [ConflictSide]
  ) {
    self.id = id
    self.kind = kind
    self.isBlocking = isBlocking
    self.entity = entity
    self.field = field
    self.base = base
    self.baseOrigin = baseOrigin
    self.shown = shown
    self.sides = sides
  }
}

package struct ConflictSide: Equatable, Sendable {
  /// `a`, `b`, …; after `z` comes `aa`.
  package var letter: String
  package var value: String?
  package var author: String
  /// Name of the device that wrote it.
  package var device: String
  package var isMine: Bool
  package var time: Timestamp
  /// The clock that wrote it stood ahead of the hub's when the hub first saw it.
  package var isSuspect: Bool
  /// Hexadecimal op hash.
  package var op: String

  package init(
    letter: String, value: String?, author: String, device: String, isMine: Bool, time: Timestamp,
    isSuspect: Bool, op: String
  ) {
    self.letter = letter
    self.value = value
    self.author = author
    self.device = device
    self.isMine = isMine
    self.time = time
    self.isSuspect = isSuspect
    self.op = op
  }
}

package struct EntityReference: Equatable, Sendable {
  package var kind: EntityKind
  package var key: EntityKey
  package var name: String

  package init(kind: EntityKind, key: EntityKey, name: String) {
    self.kind = kind
    self.key = key
    self.name = name
  }
}

/// One change of one field, as `history` shows it.
package struct HistoryEntry: Equatable, Sendable {
  package var op: String
  package var time: Timestamp
  package var author: String
  package var device: String
  package var field: FieldName
  package var before: String?
  package var after: String?
  /// `local` or `peer`: how it came here.
  package var origin: String

  package init(
    op: String, time: Timestamp, author: String, device: String, field: FieldName,
    before: String?, after: String?, origin: String
  ) {
    self.op = op
    self.time = time
    self.author = author
    self.device = device
    self.field = field
    self.before = before
    self.after = after
    self.origin = origin
  }
}
