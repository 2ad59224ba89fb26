import FieldbookDocuments
import FieldbookModel
import Testing

@testable import FieldbookCLI

@Suite("Conflicts, shown")
struct ConflictDocumentTests {
  private func text(_ document: some Document) -> String {
    var sheet = Sheet(now: Samples.now, width: nil)
    document.lay(on: &sheet)
    return sheet.rendered(inColour: false)
  }

  @Test("the list has each side with who, where and when")
  func list() {
    #expect(
      text(ConflictList(conflicts: [Samples.conflict(field: "tags.verdict")])) == """
        4be10000  run baseline (00000000)  tags.verdict
          a  yes  ana on ana-laptop  5 min ago  mine
          b  no   bo on bo-laptop    4 min ago  shown

        """)
    #expect(text(ConflictList(conflicts: [])) == "no conflicts\n")
  }

  @Test("one conflict is shown from its base, each side as what it changed")
  func one() {
    let conflict = Samples.conflict(base: "one\ntwo", values: ["one\n2", "1\ntwo"])
    let shown = text(ConflictDocument(conflict: conflict, merge: .clean("1\n2")))
    #expect(
      shown == """
        run baseline (00000000)  description
        \(conflict.id)

        base: what all sides replaced
          one
          two

        side a: ana on ana-laptop, 5 min ago, mine
            one
          - two
          + 2

        side b: bo on bo-laptop, 4 min ago
          - one
          + 1
            two

        shown until decided: 1 …

        decide
          fieldbook conflicts resolve 4be10000 --take a|b  one side
          fieldbook conflicts resolve 4be10000 --base      what all sides replaced
          fieldbook conflicts resolve 4be10000 --value V   something else
          fieldbook conflicts resolve 4be10000 --merge     both: the edits do not touch each other

        """)
  }

  @Test("the JSON of one conflict is that of the list, and the difference")
  func json() {
    let conflict = Samples.conflict()
    guard case .object(let all) = ConflictDocument(conflict: conflict, merge: nil).json,
      case .object(let listed) = conflict.json
    else {
      Issue.record("no objects")
      return
    }
    #expect(Array(all.prefix(listed.count)) == listed)
    #expect(all.dropFirst(listed.count).map(\.name) == ["diff", "merge", "choices"])
  }

  @Test("review offers the keys that can decide")
  func menu() {
    let menu = ReviewMenu(Samples.conflict(), merge: .clean("x"))
    #expect(menu.keys == "a,b,m,e,o,s,q,?")
    #expect(menu.choice("B") == .take("b"))
    #expect(menu.choice("o") == .base)
    #expect(menu.choice("z") == .help)
  }

  @Test("an overlap is not offered as a merge, and a deletion not as a text")
  func menuWithout() {
    let overlap = ReviewMenu(Samples.conflict(base: nil), merge: .overlapping("<<<<<<<"))
    #expect(overlap.keys == "a,b,e,s,q,?")
    let deletion = ReviewMenu(Samples.conflict(kind: .deleteEdit, base: nil), merge: nil)
    #expect(deletion.keys == "a,b,s,q,?")
  }

  @Test("letters that mean something else are counted instead")
  func manySides() {
    let conflict = Samples.conflict(
      values: ["1", "2", "3", "4", "5", "6"], devices: ["p", "q", "r", "s", "t", "u"])
    let menu = ReviewMenu(conflict, merge: nil)
    #expect(menu.keys == "a,b,c,d,5,6,e,o,s,q,?")
    #expect(menu.choice("5") == .take("e"))
    #expect(menu.choice("e") == .edit)
  }
}
