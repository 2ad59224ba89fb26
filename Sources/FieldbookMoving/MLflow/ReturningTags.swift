import FieldbookModel

/// What went out as tags of ours and comes back.
enum ReturningTags {
  static func take(_ tags: inout [String: String], into run: inout ForeignRun) {
    if let key = tags.removeValue(forKey: MovingTag.key).flatMap({ EntityKey(hex: $0) }) {
      run.key = key
    }
    if let labels = list(tags[MovingTag.labels]) {
      run.labels = labels
      tags[MovingTag.labels] = nil
    }
    if let environment = object(tags[MovingTag.environment]) {
      run.environment = environment
      tags[MovingTag.environment] = nil
    }
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
