import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import Foundation

/// Registered models, their versions and aliases.
extension ServerExport {
  /// What a server has of a registered model.
  struct HeldModel {
    var found: JSON
    var tags: [String: String] { found["tags"]?.pairs ?? [:] }
    /// By their keys here.
    var versions: [String: JSON] = [:]
  }

  mutating func write(_ model: RegisteredModel) throws {
    var tags = model.tags.merging(out.conflictTags(of: model.id.key)) { first, _ in first }
    report.there[.models] += 1
    report.there[.tags] += tags.count
    report.there[.descriptions] += model.description == nil ? 0 : 1
    tags[MovingTag.created] = String(model.createdTime.milliseconds)
    let held = try held(model.name)
    if held == nil {
      try client.call(
        "registered-models/create",
        [
          "name": .string(model.name), "description": .text(model.description),
          "tags": .pairs(tags.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }),
        ])
    } else {
      for (key, value) in tags.sorted(by: { $0.key < $1.key }) where held?.tags[key] != value {
        try sending(.tags, "\(model.name): \(key)") { client in
          try client.call(
            "registered-models/set-tag",
            ["name": .string(model.name), "key": .string(key), "value": .string(value)])
        }
      }
      if held?.found["description"]?.string ?? "" != model.description ?? "" {
        _ = try client.patch(
          ServerExport.api + "registered-models/update",
          .object(["name": .string(model.name), "description": .string(model.description ?? "")]))
      }
    }
    var numbers: [VersionID: String] = [:]
    for version in model.versions.sorted(by: { $0.clientNumber < $1.clientNumber }) {
      numbers[version.id] = try write(version, held?.versions[version.id.hex])
    }
    for (alias, state) in model.aliases.sorted(by: { $0.key < $1.key }) {
      guard let number = state.version.flatMap({ numbers[$0] }) else { continue }
      report.there[.aliases] += 1
      let isSet = try sending(.aliases, "\(model.name)@\(alias)") { client in
        try client.call(
          "registered-models/alias",
          ["name": .string(model.name), "alias": .string(alias), "version": .string(number)])
      }
      report.arrived[.aliases] += isSet ? 1 : 0
    }
    try verify(model)
  }

  func held(_ name: String) throws -> HeldModel? {
    do {
      let answer = try client.get(ServerExport.api + "registered-models/get", ["name": name])
      guard let found = answer["registered_model"] else { return nil }
      var held = HeldModel(found: found)
      let filter = "name='" + name.replacingOccurrences(of: "'", with: "''") + "'"
      try client.pages { token in
        let answer = try client.get(
          ServerExport.api + "model-versions/search",
          [
            "filter": name.contains("'") ? nil : filter, "max_results": "1000",
            "page_token": token,
          ])
        for version in answer["model_versions"]?.items ?? [] where version["name"]?.string == name {
          if let key = version["tags"]?.pairs[MovingTag.key] { held.versions[key] = version }
        }
        return answer
      }
      return held
    } catch MovingFailure.refused(_, 404, _) {
      return nil
    }
  }

  func sent(_ version: ModelVersion) -> [String: String] {
    var tags = out.tags(of: version)
    tags[MovingTag.created] = String(version.createdTime.milliseconds)
    tags[MovingTag.run] = version.run?.hex
    tags[MovingTag.place] = version.source
    tags[MovingTag.number] = String(version.clientNumber)
    return tags
  }

  private func there(_ source: String) -> (text: String, model: String?) {
    let parts = source.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
    if parts.count >= 2, parts[0] == "runs:", let run = RunID(hex: parts[1]),
      let id = runs[run.key]
    {
      return ((["runs:/" + id] + parts.dropFirst(2)).joined(separator: "/"), nil)
    }
    if parts.count == 2, parts[0] == "models:", let model = LoggedModelID(modelText: parts[1]),
      let id = loggedModels[model]
    {
      return ("models:/" + id, id)
    }
    return (source, nil)
  }

  /// - Returns: its number there; nil if the server refuses it.
  private mutating func write(_ version: ModelVersion, _ held: JSON?) throws -> String? {
    let tags = sent(version)
    report.there[.versions] += 1
    report.there[.tags] += tags.count
    report.there[.descriptions] += version.description == nil ? 0 : 1
    report.there[.stages] += ["", "None"].contains(version.stage) ? 0 : 1
    let name = version.modelName
    var number = held?["version"]?.wholeNumber.map(String.init)
    if number == nil {
      let source = there(version.source)
      do {
        do {
          number = try create(
            version, source.text, run: version.run.flatMap { runs[$0.key] }, source.model, tags)
        } catch MovingFailure.refused(_, 400, _) {
          // Files that are not the run's own: the tags say what they are of.
          number = try create(version, source.text, run: nil, nil, tags)
        }
      } catch MovingFailure.refused(_, 400, let message) {
        refuse(.versions, "\(name) \(version.clientNumber)", message)
        report.there[.tags] -= tags.count
        report.there[.descriptions] -= version.description == nil ? 0 : 1
        report.there[.stages] -= ["", "None"].contains(version.stage) ? 0 : 1
        return nil
      }
    }
    guard let number else { throw client.odd("model-versions/create") }
    let known = held?["tags"]?.pairs ?? tags
    for (key, value) in tags.sorted(by: { $0.key < $1.key }) where known[key] != value {
      try sending(.tags, "\(name) \(number): \(key)") { client in
        try client.call(
          "model-versions/set-tag",
          [
            "name": .string(name), "version": .string(number), "key": .string(key),
            "value": .string(value),
          ])
      }
    }
    if held != nil, held?["description"]?.string ?? "" != version.description ?? "" {
      _ = try client.patch(
        ServerExport.api + "model-versions/update",
        .object([
          "name": .string(name), "version": .string(number),
          "description": .string(version.description ?? ""),
        ]))
    }
    let stage = version.stage.isEmpty ? "None" : version.stage
    if held?["current_stage"]?.string ?? "None" != stage {
      try sending(.stages, "\(name) \(number)") { client in
        try client.call(
          "model-versions/transition-stage",
          [
            "name": .string(name), "version": .string(number), "stage": .string(stage),
            "archive_existing_versions": .bool(false),
          ])
      }
    }
    return number
  }

  private func create(
    _ version: ModelVersion, _ source: String, run: String?, _ model: String?,
    _ tags: [String: String]
  ) throws -> String? {
    let made = try client.post(
      ServerExport.api + "model-versions/create",
      .object([
        "name": .string(version.modelName), "source": .string(source), "run_id": .text(run),
        "model_id": .text(model), "description": .text(version.description),
        "tags": .pairs(tags.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }),
      ]), isRepeatable: false)
    return made["model_version"]?["version"]?.wholeNumber.map(String.init)
  }

  /// The server is asked again what it has.
  private mutating func verify(_ model: RegisteredModel) throws {
    guard let held = try held(model.name) else { return }
    report.arrived[.models] += 1
    let tags = model.tags.merging(out.conflictTags(of: model.id.key)) { first, _ in first }
    report.arrived[.tags] += tags.count { held.tags[$0.key] == $0.value }
    if let text = model.description, held.found["description"]?.string ?? "" == text {
      report.arrived[.descriptions] += 1
    }
    for version in model.versions {
      guard let found = held.versions[version.id.hex] else { continue }
      report.arrived[.versions] += 1
      let tags = found["tags"]?.pairs ?? [:]
      report.arrived[.tags] += sent(version).count { tags[$0.key] == $0.value }
      if let text = version.description, found["description"]?.string ?? "" == text {
        report.arrived[.descriptions] += 1
      }
      if !["", "None"].contains(version.stage), found["current_stage"]?.string == version.stage {
        report.arrived[.stages] += 1
      }
    }
  }
}
