/// An error that a person can read: one line on what is wrong, one on what to do.
///
/// Every error that leaves a layer of ours conforms; one enum a layer, its cases named for causes.
package protocol Failure: Error, CustomStringConvertible {
  var message: String { get }
  var hint: String { get }
}

extension Failure {
  package var description: String { message }
}

extension InvalidInput: Failure {}
