import FieldbookModel
import FieldbookReplication

/// A thing as another tracker has it, on its way into the log.
package struct Arrival: Sendable {
  package typealias Fields = [(name: FieldName, value: FieldValue)]

  /// One that creates.
  package var kind: OperationKind
  package var entity: EntityKey
  /// Written when the thing is made here, and left alone afterwards: each once.
  package var founding: Fields
  /// What can change there and here: each once, none of `founding`.
  package var fields: Fields
  /// Values of fields that keep every value.
  package var members: Fields
  package var isDeleted: Bool
  /// Of a run: some of its points, each key once.
  package var points: [MetricSeries]
  /// Over all points that the source has of the run; nil unless `points` are all of them.
  package var pointsPrint: UInt64?
  /// Kept beside the thing, on this replica alone, for the next time.
  package var notes: [String: UInt64] = [:]

  package init(
    _ kind: OperationKind, _ entity: EntityKey, founding: Fields = [], fields: Fields = [],
    members: Fields = [], isDeleted: Bool = false, points: [MetricSeries] = [],
    pointsPrint: UInt64? = nil
  ) {
    self.kind = kind
    self.entity = entity
    self.founding = founding
    self.fields = fields
    self.members = members
    self.isDeleted = isDeleted
    self.points = points
    self.pointsPrint = pointsPrint
  }
}

/// What became of an arrival.
package struct Taken: Equatable, Sendable {
  /// The thing was not here before.
  package var isNew = false
  /// Values that were not here before.
  package var written = 0
  /// Fields that were changed here since they came, and not there: as they are here.
  package var kept: [FieldName] = []
  /// Fields that were changed here and there: both values stand, as a conflict.
  package var disputed: [FieldName] = []
}
