import ArgumentParser
import FieldbookModel
import FieldbookWorkspace

struct Untag: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Remove tags.",
    discussion: """
      Example:
        fieldbook untag @last reviewed
      """)

  @Argument(help: .reference) var ref: String
  @Argument(help: .init("Tags to remove.", valueName: "key")) var keys: [String]
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.change(ref, "untagged") { workspace, reference in
      let keys = try keys.map { try EntryKey($0) }
      let known = try workspace.tags(of: reference)
      if let missing = keys.first(where: { known[$0.text] == nil }) {
        throw NoSuchEntry(what: "tag", name: missing.text, look: "fieldbook show \(ref)")
      }
      for key in keys { try workspace.setTag(reference.key, key, nil, durability: .person) }
    }
  }
}

extension Workspace {
  fileprivate func tags(of reference: EntityReference) throws -> [String: String] {
    switch reference.kind {
    case .run: try run(RunID(reference.key)).tags
    case .experiment: try experiment(ExperimentID(reference.key)).tags
    case .model: try model(ModelID(reference.key)).tags
    case .version: try version(VersionID(reference.key)).tags
    case .loggedModel: try loggedModel(LoggedModelID(reference.key)).tags
    case .trace: try trace(TraceID(reference.key)).tags
    case .workspace, .device, .config: [:]
    }
  }
}
