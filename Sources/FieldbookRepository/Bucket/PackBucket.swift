import FieldbookModel

/// Where packs lie that are not on this disk: an object storage. Every call waits for its answer, and may be made from any thread
/// that is allowed to wait.
///
/// Keys are ASCII, without a slash at their beginning. Whoever implements it repeats what only the network was at fault for, and
/// gives up after a bounded time.
package protocol PackBucket: Sendable {
  /// For people.
  var address: String { get }

  /// Puts an object, whole or not at all; one that has the key already is replaced.
  ///
  /// - Parameter sha256: of the bytes: the storage compares it with what came.
  func put(_ key: String, _ body: BucketBody, sha256: ContentDigest) throws
  /// Bytes of an object; nil if there is none.
  func byteCount(of key: String) throws -> Int64?
  /// A part of an object.
  ///
  /// - Throws: `BucketFailure` of the kind `.notThere` for an object that is not there, or ends before the range does.
  func read(_ key: String, _ range: Range<Int64>) throws -> [UInt8]
  /// No error if it is not there.
  func remove(_ key: String) throws
  /// All objects whose keys begin so, a page at a time.
  func list(_ prefix: String, _ take: ([BucketEntry]) throws -> Void) throws
}

package enum BucketBody: Sendable {
  case bytes([UInt8])
  /// A file that nobody changes, and its size.
  case file(String, Int64)

  package var byteCount: Int64 {
    switch self {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(_, let count): count
    }
  }
}

package struct BucketEntry: Equatable, Sendable {
  package var key: String
  package var byteCount: Int64

  package init(key: String, byteCount: Int64) {
    self.key = key
    self.byteCount = byteCount
  }
}

/// What an object storage did not do, and what to do about it.
package struct BucketFailure: Failure, Equatable {
  package enum Kind: Equatable, Sendable {
    /// Out of reach, or overloaded: it may pass by itself.
    case away
    /// It does not let us: credentials, rights, the clock.
    case refused
    /// The bucket answers, and the object is not in it.
    case notThere
    /// What was configured leads nowhere.
    case misled
  }

  package let kind: Kind
  package let message: String
  package let hint: String

  package init(_ kind: Kind, _ message: String, hint: String) {
    self.kind = kind
    self.message = message
    self.hint = hint
  }
}

/// Stands for a bucket that this program was not given what it needs for: what is here goes on, what is there is out of reach.
package struct UnreachableBucket: PackBucket {
  package let address: String
  private let failure: BucketFailure

  package init(address: String, failure: BucketFailure) {
    self.address = address
    self.failure = failure
  }

  package func put(_ key: String, _ body: BucketBody, sha256: ContentDigest) throws {
    throw failure
  }
  package func byteCount(of key: String) throws -> Int64? { throw failure }
  package func read(_ key: String, _ range: Range<Int64>) throws -> [UInt8] { throw failure }
  package func remove(_ key: String) throws { throw failure }
  package func list(_ prefix: String, _ take: ([BucketEntry]) throws -> Void) throws {
    throw failure
  }
}
