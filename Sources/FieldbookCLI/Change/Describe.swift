import ArgumentParser
import FieldbookModel
import FieldbookWorkspace
import Foundation

struct Describe: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what a run, experiment, model or version is about.",
    discussion: """
      Examples:
        fieldbook describe @last "More trees help less than more data."
        fieldbook describe @last < notes.md
        fieldbook describe @last                 (in $EDITOR)

      An empty text takes the description away. What somebody else wrote while the editor was open is not overwritten: both \
      are a conflict then.
      """)

  @Argument(help: .reference) var ref: String
  @Argument(help: "The text (default: stdin, or your editor on a terminal).") var text: String?
  @OptionGroup var common: CommonOptions

  func run() throws {
    try common.change(ref, "described") { workspace, reference in
      try reference.requireMore("description")
      let (text, known) = try chosenText(workspace, reference)
      try workspace.setDescription(
        reference.key, text.isEmpty ? nil : text, knowing: known, durability: .person)
    }
  }

  private func chosenText(_ workspace: Workspace, _ reference: EntityReference) throws
    -> (String, Workspace.Known)
  {
    if let text, text != "-" { return (text, .everything) }
    let edited: String
    var known = Workspace.Known.everything
    if text == nil, isatty(STDIN_FILENO) == 1 {
      let before = try workspace.descriptionText(reference)
      edited = try Editor.edit(before ?? "", variables: common.variables)
      known = .text(before)
    } else {
      edited = try FileCopy.text("-")
      guard !edited.isEmpty else {
        throw InvalidInput(
          "there is no text to describe it with",
          hint:
            "add it: fieldbook describe \(reference.typed(ref)) \"TEXT\"; \"\" removes what is there"
        )
      }
    }
    return (edited.trimmingCharacters(in: .newlines), known)
  }
}

extension Workspace {
  fileprivate func descriptionText(_ reference: EntityReference) throws -> String? {
    switch reference.kind {
    case .run: try run(RunID(reference.key)).description
    case .experiment: try experiment(ExperimentID(reference.key)).description
    case .model: try model(ModelID(reference.key)).description
    case .version: try version(VersionID(reference.key)).description
    case .workspace, .device, .loggedModel, .trace, .config: nil
    }
  }
}
