import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct Tag: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Set tags.",
    discussion: """
      Examples:
        fieldbook tag @last reviewed=yes
        fieldbook tag model:churn@7 stage=candidate owner=ana
      """)

  @Argument(help: .reference) var ref: String
  @Argument(help: .init("Tags to set.", valueName: "key=value")) var tags: [Assignment]
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.change(ref, "tagged") { workspace, reference in
      try reference.requireMore("tags")
      for (key, value) in try tags.entries() { try Check.tagValue(value, key: key) }
      for (key, value) in try tags.entries() {
        try workspace.setTag(reference.key, key, value, durability: .person)
      }
    }
  }
}
