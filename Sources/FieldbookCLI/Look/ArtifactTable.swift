import FieldbookModel

enum ArtifactTable {
  static var empty: Table {
    Table(
      [.init("path"), .init("size", isRightAligned: true, shrinks: false), .init("")],
      hasHeadings: false)
  }

  static func add(_ artifact: Artifact, to table: inout Table) {
    table.row([
      Phrase(artifact.path), Phrase(Wording.bytes(artifact.byteCount)),
      artifact.isHere ? "" : Phrase("not here yet", .yellow),
    ])
  }
}
