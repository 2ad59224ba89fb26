import FieldbookModel

/// Why texts are not merged by themselves.
package enum MergeFailure: Failure, Equatable {
  case overlap
  case notTexts

  package var message: String {
    switch self {
    case .overlap: "the edits overlap, so they cannot be merged by themselves"
    case .notTexts: "there are no texts with a common base to merge"
    }
  }

  package var hint: String {
    switch self {
    case .overlap: "write it yourself (--edit), or take a side (--take a)"
    case .notTexts: "take a side (--take a) or give a value (--value V)"
    }
  }
}
