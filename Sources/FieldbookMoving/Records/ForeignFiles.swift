import FieldbookModel

/// The files of one run or model, where its tracker keeps them.
package protocol ForeignFiles: Sendable {
  /// Every file, one after the other.
  ///
  /// - Throws: `MovingFailure.notThere` if they cannot be reached.
  func each(_ body: (ForeignFile) throws -> Void) throws

  /// The path of a file with the bytes, for as long as `body` runs.
  func withContent(
    of file: ForeignFile, staging: () throws -> String, _ body: (String) throws -> Void) throws
}

package struct ForeignFile: Sendable, Equatable {
  /// Below the root, `/` between its parts.
  package var path: String
  package var byteCount: Int64
  /// Changes when the content does, as far as the source can tell without reading it.
  package var stamp: Int64
  /// Of a source that hashed it, and has put it here if it had it; nil for one that is to be read.
  package var digest: ContentDigest?

  package init(path: String, byteCount: Int64, stamp: Int64) {
    self.path = path
    self.byteCount = byteCount
    self.stamp = stamp
  }
}
