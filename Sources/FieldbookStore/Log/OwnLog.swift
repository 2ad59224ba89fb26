import FieldbookModel
import FieldbookReplication

extension WriteTransaction {
  /// Epoch and last sealed number of the present log; nil before its first op.
  package func ownSealed() throws -> (epoch: UInt64, number: UInt64)? {
    guard let epoch = try meta("own_epoch").integer else { return nil }
    guard let id = try meta("own_chain").integer else {
      return (UInt64(bitPattern: epoch), 0)  // begun, and nothing written yet
    }
    let sealed = try sql.first("SELECT max(last) FROM segment WHERE chain = ?", .integer(id))
    return (UInt64(bitPattern: epoch), UInt64(sealed?[0].integer ?? 0))
  }
}
