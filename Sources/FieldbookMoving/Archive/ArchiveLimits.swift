/// What is taken in of an archive that somebody gives.
package enum ArchiveLimits {
  /// Names in it, folders too.
  package static let entries = 250_000
  package static let pathBytes = 4096
  package static let pathDepth = 160
  /// Of `fieldbook.json`.
  package static let manifestBytes = 64 << 20
  /// Of one file that is not needed, and of all of them: they are read to get past them.
  package static let otherBytes: Int64 = 256 << 20
  package static let allOtherBytes: Int64 = 1 << 30
  /// Before `fieldbook.json`, if others put it behind the rest.
  package static let searchedBytes: Int64 = 1 << 40
}
