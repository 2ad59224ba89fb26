import FieldbookModel

extension ForeignVersion {
  /// Notes what everybody can read of a source that is a path on one machine, and what came back of one that went out.
  mutating func settle() {
    if let text = tags.removeValue(forKey: MovingTag.key), let known = EntityKey(hex: text) {
      key = known
    }
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
