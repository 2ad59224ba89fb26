/// Another tracker's store.
package protocol Source {
  /// As a person names it.
  var title: String { get }

  /// Gives all that is there, in the order that `Record` asks for.
  func read(_ sink: RecordSink) throws

  /// Counted by the store itself, apart from what `read` gives: what of it does not come is missed then. Kinds that
  /// cannot be counted so are left out.
  func census() throws -> Census
}
