import FieldbookModel

/// What went out as tags of ours and comes back.
enum ReturningTags {
  static func take(_ tags: inout [String: String], into run: inout ForeignRun) {
    if let key = tags.removeValue(forKey: MovingTag.key).flatMap({ EntityKey(hex: $0) }) {
      run.key = key
    }
    if let parent = tags.removeValue(forKey: MovingTag.parent).flatMap({ EntityKey(hex: $0) }) {
      run.parent = parent
      tags[TrackingWords.parentRun] = parent.hex
    }
    if let models = object(tags.removeValue(forKey: MovingTag.models)) {
      let keys = models.compactMapValues { EntityKey(hex: $0).map { LoggedModelID($0) } }
      let known = Dictionary(
        keys.map { (ForeignKey.loggedModel($0.key), $0.value) }
      ) { first, _ in first }
      run.modelInputs = run.modelInputs.map { known[$0] ?? $0 }
      run.modelOutputs = run.modelOutputs.map {
        ModelOutput(model: known[$0.model] ?? $0.model, step: $0.step)
      }
    }
    tags[MovingTag.files] = nil
    if let labels = list(tags[MovingTag.labels]) {
      run.labels = labels
      tags[MovingTag.labels] = nil
    }
    if let environment = object(tags[MovingTag.environment]) {
      run.environment = environment
      tags[MovingTag.environment] = nil
    }
  }

  /// Of one whose metrics are there already.
  static func take(_ tags: inout [String: String], into model: inout ForeignLoggedModel) {
    if let key = tags.removeValue(forKey: MovingTag.key).flatMap({ EntityKey(hex: $0) }) {
      model.id = LoggedModelID(key)
    }
    if let run = tags.removeValue(forKey: MovingTag.run).flatMap({ EntityKey(hex: $0) }) {
      model.sourceRun = run
    }
    model.createdTime = created(&tags) ?? model.createdTime
    if let runs = object(tags.removeValue(forKey: MovingTag.runs)) {
      let known = Dictionary(
        runs.compactMap { id, key in
          EntityKey(hex: key).map { (RunID(ForeignKey.run(id)), RunID($0)) }
        }
      ) { first, _ in first }
      for index in model.metrics.indices {
        model.metrics[index].run = known[model.metrics[index].run] ?? model.metrics[index].run
      }
    }
    tags[MovingTag.files] = nil
    model.tags = tags
  }

  /// The time of making, if it went out.
  static func created(_ tags: inout [String: String]) -> Int64? {
    tags.removeValue(forKey: MovingTag.created).flatMap { Int64($0) }
  }

  /// Nil for what is no list of texts.
  private static func list(_ text: String?) -> [String]? {
    guard let text, let json = try? JSONParser.parse(Array(text.utf8)), let items = json.items
    else { return nil }
    let texts = items.compactMap(\.string)
    return texts.count == items.count ? texts : nil
  }

  private static func object(_ text: String?) -> [String: String]? {
    guard let text, let json = try? JSONParser.parse(Array(text.utf8)),
      case .object(let members) = json
    else { return nil }
    var out: [String: String] = [:]
    for member in members {
      guard let value = member.value.string else { return nil }
      out[member.name] = value
    }
    return out
  }
}
