import FieldbookModel
import FieldbookWorkspace
import Foundation

extension Capture {
  /// Takes in what `-c` names and `-p` changes: leaves as params; the texts and the whole as files, if they hold no secret.
  ///
  /// Of a run that does another one again, what that one had.
  ///
  /// - Returns: the config as the script is to have it; nil without `-c`.
  mutating func addConfig(_ request: RunRequest, in workspace: Workspace) throws -> UsedConfig? {
    if let origin = request.origin {
      parameters = origin.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
      overridden = origin.overridden
      artifacts += origin.config
      environment.merge(origin.configFacts) { _, recorded in recorded }
      return UsedConfig(origin.config)
    }
    let overrides = try request.overrides.map { try ConfigOverride($0.0, value: $0.1) }
    overridden = Set(overrides.map(\.name))
    guard !request.configs.isEmpty else {
      for override in overrides {
        guard override.deed != .remove else {
          throw InvalidInput(
            "'~\(override.name)' takes something out of a config, and there is none",
            hint: "name one: -c FILE")
        }
        parameters.append(
          (override.name, masked(override.value, named: try EntryKey(override.name))))
      }
      return nil
    }
    let sources = try request.configs.map {
      try ConfigSource.named($0, in: request.folder, workspace)
    }
    let config = try ResolvedConfig(
      sources, overrides: overrides, folder: request.folder, variables: request.variables,
      in: workspace)
    take(config)
    return UsedConfig(ending: config.ending, bytes: Array(config.file.text.utf8))
  }

  private mutating func take(_ config: ResolvedConfig) {
    let file = config.file
    parameters += file.parameters
    overridden.formUnion(
      file.parameters.map(\.0).filter { name in
        config.overrides.contains { name.hasPrefix($0.name + ".") }
      })
    environment["config"] = config.sources.map(\.name).joined(separator: ", ")
    let ops = config.sources.compactMap(\.op)
    if !ops.isEmpty { environment["config_change"] = ops.joined(separator: ", ") }
    for (name, value) in config.variables { environment["config_variable." + name] = value }
    captured.append(Capture.words(config.sources))
    captured += (config.sources + config.included).flatMap(\.notes) + config.notes
    if !config.added.isEmpty {
      captured.append("new in the config: " + config.added.joined(separator: ", "))
    }
    let texts = (config.sources + config.included).map { source in
      (source, (try? ConfigFile(text: source.text, path: source.name))?.secrets ?? [])
    }
    for (index, (source, secrets)) in texts.enumerated() {
      let path = Capture.place(of: source, isFirst: index == 0)
      keep(path, source.text, secrets, "the config \(index == 0 ? "file itself" : source.name)")
    }
    // Of one secret one line is enough.
    let isTold = texts.contains { !$0.1.isEmpty }
    if !isTold || file.secrets.isEmpty {
      keep(UsedConfig.path + config.ending, file.text, file.secrets, "the config as it was used")
    }
  }

  private static func words(_ sources: [ConfigSource]) -> String {
    let names = sources.map { source in
      source.op.map { "\(source.name)@\($0.prefix(8))" } ?? source.name
    }
    guard names.count > 1 else { return "config" + (sources[0].op == nil ? "" : " " + names[0]) }
    return "config " + names.joined(separator: ", then ") + " over it"
  }

  private mutating func keep(_ path: String, _ text: String, _ secrets: [String], _ what: String) {
    if secrets.isEmpty {
      artifacts.append((path, Array(text.utf8)))
    } else {
      var told: [String] = []
      for secret in secrets where !told.contains(secret) { told.append(secret) }
      notCaptured.append("\(what), which holds a secret (\(told.joined(separator: ", ")))")
    }
  }

  private static func place(of source: ConfigSource, isFirst: Bool) -> String {
    let name = (source.name as NSString).lastPathComponent
    if isFirst { return "config/" + (name.hasPrefix("used.") ? "given-" : "") + name }
    // `../a.yaml` must not come to lie where `a.yaml` does.
    let safe = source.name.split(separator: "/").filter { $0 != "." }
      .map { $0 == ".." ? "above" : $0 }
    return "config/included/" + safe.joined(separator: "/")
  }
}
