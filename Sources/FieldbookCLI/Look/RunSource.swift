import FieldbookDocuments
import FieldbookModel

extension RunSource {
  /// `main 4be1c02a, with uncommitted changes, snapshot 90ab12ef`; nil without both.
  var code: Phrase? {
    let kept = snapshot.map { Phrase("snapshot " + ShortIDs.one($0)) }
    guard let gitCommit else { return kept }
    let name = [branch, ShortIDs.one(gitCommit)].compactMap { $0 }.joined(separator: " ")
    let state = isDirty == true ? Phrase(", with uncommitted changes", .yellow) : ""
    return Phrase(name) + state + (kept.map { Phrase(", ") + $0 } ?? "")
  }
}
