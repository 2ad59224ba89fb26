/// What tests alter in a replica's database.
extension RawSQLite {
  /// The database of the replica in a folder.
  package convenience init(replica dir: String) {
    self.init(path: dir + "/.fieldbook/replica.sqlite")
  }

  /// The bytes of the segment that was stored last.
  package var newestSegment: [UInt8] {
    get { blob("SELECT bytes FROM segment WHERE id = (SELECT max(id) FROM segment)") }
    set {
      execute(
        "UPDATE segment SET bytes = ? WHERE id = (SELECT max(id) FROM segment)", blob: newValue)
    }
  }
}
