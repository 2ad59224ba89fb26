/// One decoder of bytes from outside, and what is promised of it.
///
/// Whatever the bytes are, playing them ends: soon, within little memory and without a trap. That
/// a decoder refuses is
/// no finding.
package struct FuzzTarget: Sendable {
  package let name: String
  /// What longer inputs would not show sooner.
  package let maxBytes: Int
  /// How many changed inputs `make test` plays: fewer where each goes to files or a database.
  package let rounds: Int
  /// What real encoders write: where a fuzzer starts from.
  package let seeds: @Sendable () throws -> [[UInt8]]
  private let body: @Sendable ([UInt8]) throws -> Void

  /// - Parameter body: throws `BrokenPromise` where a promise is broken.
  package init(
    _ name: String, maxBytes: Int = 4096, rounds: Int = 1000,
    seeds: @autoclosure @escaping @Sendable () throws -> [[UInt8]],
    body: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.maxBytes = maxBytes
    self.rounds = rounds
    self.seeds = seeds
    self.body = body
  }

  /// - Throws: `BrokenPromise`; the decoder's own refusals are caught here.
  package func play(_ bytes: [UInt8]) throws(BrokenPromise) {
    do { try body(bytes) } catch let error as BrokenPromise { throw error } catch {}
  }
}

/// A decoder did what no input should make it do.
package struct BrokenPromise: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// - Throws: `BrokenPromise` unless the condition holds.
func promise(_ condition: Bool, _ what: @autoclosure () -> String) throws {
  if !condition { throw BrokenPromise(what()) }
}
