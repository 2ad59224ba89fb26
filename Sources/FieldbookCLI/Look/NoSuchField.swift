import FieldbookModel

/// A field that nobody ever set.
struct NoSuchField: Failure, Equatable {
  let message: String
  let hint: String

  init(_ field: String, of reference: EntityReference, among all: Set<FieldName>, typed: String) {
    message = "no field '\(field)' of \(reference.phrase.plain) was ever set"
    let near = NoSuchField.near(field, all.map(\.text).sorted())
    hint =
      near.isEmpty
      ? "see what changed: fieldbook history \(typed)"
      : "did you mean \(near.prefix(3).joined(separator: " or "))?"
  }

  /// Members of that name in any family, else what is spelled almost so.
  static func near(_ field: String, _ all: [String]) -> [String] {
    let members = all.filter { $0.hasSuffix("." + field) }
    if !members.isEmpty { return members }
    return KnownVerbs.nearest(to: field, among: all).map { [$0] } ?? []
  }
}
