import FieldbookModel

/// Bytes that are not what they should be. The strings name the part that was being read.
package enum DecodingFailure: Failure, Equatable {
  /// The bytes end before the value does.
  case truncated
  /// A declared size exceeds what is taken in here.
  case tooLarge(String)
  /// The bytes cannot have been written by an encoder that keeps to the format.
  case malformed(String)

  package var message: String {
    switch self {
    case .truncated: "the data ends too early"
    case .tooLarge(let what): "the data declares a size that is not allowed: \(what)"
    case .malformed(let what): "the data is damaged: \(what)"
    }
  }

  package var hint: String {
    "fetch it again from another replica; fieldbook doctor checks what is here"
  }
}
