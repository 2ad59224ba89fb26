import FieldbookModel
import FieldbookReplication

/// Keys of things that come from elsewhere: the same on every laptop, by whatever way they come.
package enum ForeignKey {
  /// An MLflow run id is a key already; any other id is hashed.
  package static func run(_ id: String) -> EntityKey {
    EntityKey(hex: id) ?? hashed("mlflow run", [id])
  }

  /// Nil for an id of another form than `m-` and 32 hexadecimal digits.
  static func loggedModel(_ id: String) -> LoggedModelID {
    LoggedModelID(modelText: id) ?? LoggedModelID(hashed("mlflow logged model", [id]))
  }

  /// What of a version never changes, renaming of its model included.
  static func version(_ version: ForeignVersion, of model: ForeignModel) -> EntityKey {
    hashed(
      "mlflow version",
      [
        String(model.createdTime ?? 0), String(version.number), String(version.createdTime ?? 0),
        version.run?.hex ?? "", version.source,
      ])
  }

  package static func hashed(_ kind: String, _ parts: [String]) -> EntityKey {
    var out = ByteWriter()
    out.text("fieldbook import " + kind)
    for part in parts { out.text(part) }
    return EntityKey(bytes: OperationHash.sha256(out.bytes).prefix(16))!
  }

  /// Numbers of versions that have no final one yet.
  static func provisional(_ key: EntityKey) -> Int64 {
    let span = ModelVersion.provisionalRange
    return span.lowerBound + Int64(key.high % UInt64(span.upperBound - span.lowerBound))
  }
}
