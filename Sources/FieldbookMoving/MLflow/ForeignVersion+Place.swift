import FieldbookModel

extension ForeignVersion {
  /// Notes what everybody can read of a source that is a path on one machine, and what came back of one that went out.
  mutating func settle() {
    if let text = tags.removeValue(forKey: MovingTag.key), let known = EntityKey(hex: text) {
      key = known
    }
    createdTime = ReturningTags.created(&tags) ?? createdTime
    if let key = tags.removeValue(forKey: MovingTag.run).flatMap({ EntityKey(hex: $0) }) {
      run = key
    }
    if let text = tags.removeValue(forKey: MovingTag.place) { source = text }
    if let original = tags.removeValue(forKey: MovingTag.source) {
      place = source
      source = original
      return
    }
    guard ArtifactPlaces.isLocal(source) else { return }
    let parts = ArtifactPlaces.path(source).split(separator: "/").map(String.init)
    guard let folder = parts.lastIndex(of: "artifacts"), folder > 0 else { return }
    let rest = parts[(folder + 1)...].joined(separator: "/")
    if let model = LoggedModelID(modelText: parts[folder - 1]) {
      if rest.isEmpty { place = "models:/" + model.modelText }
    } else if let run, parts[folder - 1] == run.hex {
      place = "runs:/" + run.hex + (rest.isEmpty ? "" : "/" + rest)
    }
  }
}

extension ForeignModel {
  /// What came back of one that went out to a server, which counted its versions anew.
  mutating func settle() {
    createdTime = ReturningTags.created(&tags) ?? createdTime
    var numbers: [Int64: Int64] = [:]
    for index in versions.indices {
      guard let text = versions[index].tags.removeValue(forKey: MovingTag.number),
        let number = Int64(text)
      else { continue }
      numbers[versions[index].number] = number
      versions[index].number = number
    }
    aliases = aliases.mapValues { numbers[$0] ?? $0 }
  }
}
