import FieldbookModel
import FieldbookWorkspace
import Foundation

/// A config as a run uses it: with what it includes, what it takes from the environment, and what the command line changes.
package struct ResolvedConfig: Sendable {
  /// What `-c` named; of the later ones each wins over those before it, table by table.
  package var sources: [ConfigSource]
  package var included: [ConfigSource]
  /// Variables of the environment that were taken.
  package var variables: [String: String]
  /// The whole, flattened.
  package var file: ConfigFile
  package var overrides: [ConfigOverride]
  /// Names that the command line set and that were not there.
  package var added: [String] = []
  /// What a person should know of what it includes.
  package var notes: [String]

  package var isJSON: Bool { sources.allSatisfy { ConfigName.isJSON($0.name) } }
  /// Of the file that a script reads.
  package var ending: String { isJSON ? "json" : "yaml" }

  package init(
    _ sources: [ConfigSource], overrides: [ConfigOverride], folder: String,
    variables: [String: String], in workspace: Workspace
  ) throws {
    var inclusion = ConfigInclusion(folder: folder, workspace: workspace)
    var filling = ConfigVariables(variables)
    var root = ConfigValue.empty
    for source in sources {
      root = ConfigInclusion.merged(root, try filling.filled(inclusion.whole(source)))
    }
    let name = sources.map(\.name).joined(separator: ", ")
    let before = Set(try ConfigFile(text: "", root: root, path: name).parameters.map(\.0))
    for override in overrides { root = try override.apply(to: root) }
    let isAsGiven =
      overrides.isEmpty && inclusion.included.isEmpty && sources.count == 1
      && !sources[0].text.contains("${env:")
    let isJSON = sources.allSatisfy { ConfigName.isJSON($0.name) }
    let text = isAsGiven ? sources[0].text : ConfigWriter.text(root, isJSON: isJSON)
    file = try ConfigFile(text: text, root: root, path: name)
    self.sources = sources
    self.overrides = overrides
    included = inclusion.included
    notes = inclusion.notes
    self.variables = filling.taken
    added = overrides.filter { $0.deed == .set }.map(\.name).filter { name in
      !before.contains { $0 == name || $0.hasPrefix(name + ".") }
    }
  }
}

extension ConfigFile {
  /// As it is written down with some changes, and what it says then.
  package func rewritten(with overrides: [ConfigOverride], isJSON: Bool) throws -> (
    text: String, values: [String: String]
  ) {
    let root = try overrides.reduce(root) { try $1.apply(to: $0) }
    let text = ConfigWriter.text(root, isJSON: isJSON)
    return (text, try ConfigFile(text: text, root: root, path: "config").typed)
  }
}
