import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace

extension RunManifest {
  /// Reads what anybody may have written.
  ///
  /// - Throws: `NewerManifest`; `ManifestFailure` for anything else than a manifest, and for what no run here could be.
  package init(_ bytes: [UInt8]) throws {
    guard let json = try? JSONParser.parse(bytes) else {
      throw ManifestFailure(reason: "it is no JSON, or too much")
    }
    let reader = ManifestReader(json)
    let format = try reader.integer("format")
    guard format <= RunManifest.format else { throw NewerManifest(format: format) }
    guard format == RunManifest.format else { throw reader.wrong("format") }
    guard let run = RunID(hex: try reader.text("run_id")) else { throw reader.wrong("run_id") }
    guard let state = RunState(coded: try reader.text("state")) else { throw reader.wrong("state") }
    self.init(
      run: run, name: try reader.text("name"), experiment: try reader.text("experiment"),
      experimentTime: try reader.optionalInteger("experiment_created"), state: state,
      startTime: try reader.integer("start_time"), isDeleted: try reader.flag("deleted"),
      user: try reader.optionalText("user"), device: try reader.optionalText("device"),
      parent: try reader.optionalText("parent").map { text in
        guard let parent = RunID(hex: text) else { throw reader.wrong("parent") }
        return parent
      }, description: try reader.optionalText("description"),
      parameters: try reader.map("params"), tags: try reader.map("tags"),
      labels: try reader.items("labels") { $0.string },
      environment: try reader.map("environment"),
      comments: try reader.items("comments", Told.init(json:)),
      datasets: try reader.items("datasets", Dataset.init(json:)),
      modelInputs: try reader.items("model_inputs") { json in
        json.string.flatMap { LoggedModelID(hex: $0) }
      },
      modelOutputs: try reader.items("model_outputs") { json in
        guard let parts = json.items, parts.count == 2,
          let model = parts[0].string.flatMap({ LoggedModelID(hex: $0) }),
          let step = parts[1].integer
        else { return nil }
        return ModelOutput(model: model, step: step)
      }, conflicts: try reader.map("conflicts"),
      metrics: try Metrics(json: reader.member("metrics"), reader),
      files: try reader.items("files", File.init(json:)),
      snapshot: try reader.optionalMember("snapshot").map { json in
        guard let snapshot = Snapshot(json: json) else { throw reader.wrong("snapshot") }
        return snapshot
      })
    try validate()
  }

  /// What the log would not take, or nobody could have recorded.
  private func validate() throws {
    do {
      try Check.entityName(name, what: "run")
      try Check.entityName(experiment, what: "experiment")
      if let user { try Check.longText(user, what: "user") }
      if let device { try Check.longText(device, what: "device") }
      if let description { try Check.longText(description, what: "description") }
      for label in labels { try Check.label(label) }
      for file in files { try Check.artifactPath(file.path) }
    } catch { throw ManifestFailure(reason: error.message) }
    for (key, value) in environment {
      guard !key.isEmpty, key.utf8.count <= Limits.artifactPathBytes,
        value.utf8.count <= Limits.valueBytes
      else { throw ManifestFailure(reason: "a captured value is too large") }
    }
    try validateContents()
  }

  private func validateContents() throws {
    var known: [String: (digest: ContentDigest, byteCount: Int64)] = [:]
    func claim(_ place: String, _ digest: ContentDigest, _ count: Int64) throws {
      if let other = known[place], other.digest != digest || other.byteCount != count {
        throw ManifestFailure(reason: "'\(place)' is said to be two files")
      }
      known[place] = (digest, count)
    }
    try claim(RunManifest.metricsName, metrics.digest, metrics.byteCount)
    var paths: Set<String> = []
    for file in files {
      guard paths.insert(file.path).inserted else {
        throw ManifestFailure(reason: "'\(file.path)' is named twice")
      }
      if let place = file.place { try claim(place, file.digest, file.byteCount) }
    }
    guard let snapshot else { return }
    guard environment["snapshot"] == snapshot.commit.hex else {
      throw ManifestFailure(reason: "its snapshot is not the run's")
    }
    var parts: Set<TreePath> = []
    for part in snapshot.parts {
      guard parts.insert(part.path).inserted else {
        throw ManifestFailure(reason: "'\(part.path.shown)' is named twice")
      }
      if case .whole(let place, let digest, let count) = part.body {
        guard count <= Int64(SnapshotRebuilding.fileBytesMax) else {
          throw ManifestFailure(reason: "'\(part.path.shown)' is too large for a snapshot")
        }
        try claim(place, digest, count)
      }
    }
  }
}

/// Why a manifest is none.
package struct ManifestFailure: Error, Equatable {
  package var reason: String
}

/// It was written by a program of later, in a form that this one does not know.
package struct NewerManifest: Error, Equatable {
  package var format: Int64
}

/// Members of the manifest by name; each must be there, and be what it is called.
private struct ManifestReader {
  private let members: [String: JSON]

  init(_ json: JSON) {
    guard case .object(let list) = json else {
      members = [:]
      return
    }
    members = Dictionary(list.map { ($0.name, $0.value) }) { _, later in later }
  }

  func wrong(_ name: String) -> ManifestFailure {
    ManifestFailure(reason: "its '\(name)' is missing or wrong")
  }

  func member(_ name: String) throws -> JSON {
    guard let value = members[name] else { throw wrong(name) }
    return value
  }

  func optionalMember(_ name: String) throws -> JSON? {
    let value = try member(name)
    return value == .null ? nil : value
  }

  func text(_ name: String) throws -> String {
    guard let text = try member(name).string else { throw wrong(name) }
    return text
  }

  func integer(_ name: String) throws -> Int64 {
    guard let number = try member(name).integer else { throw wrong(name) }
    return number
  }

  func flag(_ name: String) throws -> Bool {
    guard case .bool(let flag) = try member(name) else { throw wrong(name) }
    return flag
  }

  func optionalText(_ name: String) throws -> String? {
    try optionalMember(name) == nil ? nil : text(name)
  }

  func optionalInteger(_ name: String) throws -> Int64? {
    try optionalMember(name) == nil ? nil : integer(name)
  }

  func map(_ name: String) throws -> [String: String] {
    guard let map = try member(name).texts else { throw wrong(name) }
    return map
  }

  func items<Item>(_ name: String, _ read: (JSON) -> Item?) throws -> [Item] {
    guard let items = try member(name).items else { throw wrong(name) }
    return try items.map { json in
      guard let item = read(json) else { throw wrong(name) }
      return item
    }
  }
}

extension JSON {
  fileprivate var integer: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// A count of bytes.
  fileprivate var count: Int64? { integer.flatMap { (0...(1 << 50)).contains($0) ? $0 : nil } }

  fileprivate var digest: ContentDigest? {
    guard let text = string, let digest = ContentDigest(hex: text), digest.hex == text else {
      return nil
    }
    return digest
  }

  /// An object of texts, each name once.
  fileprivate var texts: [String: String]? {
    guard case .object(let members) = self else { return nil }
    var out: [String: String] = [:]
    for member in members {
      guard let value = member.value.string, out.updateValue(value, forKey: member.name) == nil
      else { return nil }
    }
    return out
  }
}

extension RunManifest.Told {
  fileprivate init?(json: JSON) {
    guard let parts = json.items, parts.count == 3, let text = parts[0].string,
      let author = parts[1].string, let time = parts[2].integer
    else { return nil }
    self.init(text: text, author: author, time: time)
  }
}

extension Dataset {
  fileprivate init?(json: JSON) {
    guard let name = json["name"]?.string, let digest = json["digest"]?.string,
      let type = json["source_type"]?.string, let source = json["source"]?.string,
      let tags = json["tags"]?.texts
    else { return nil }
    self.init(
      name: name, digest: digest, sourceType: type, source: source,
      schema: json["schema"]?.string, profile: json["profile"]?.string,
      context: json["context"]?.string, tags: tags)
    guard let text = try? DatasetCoding.encode(self), text.utf8.count <= Limits.valueBytes else {
      return nil
    }
  }
}

extension RunManifest.Metrics {
  fileprivate init(json: JSON, _ reader: ManifestReader) throws {
    guard let parts = json.items, parts.count == 4, let digest = parts[0].digest,
      let bytes = parts[1].count, let points = parts[2].count, let keys = parts[3].count
    else { throw reader.wrong("metrics") }
    self.init(digest: digest, byteCount: bytes, points: points, keys: keys)
  }
}

extension RunManifest.File {
  fileprivate init?(json: JSON) {
    guard let parts = json.items, parts.count == 4, let path = parts[0].string,
      let digest = parts[1].digest, let count = parts[2].count
    else { return nil }
    let place = parts[3].string
    guard place != nil || parts[3] == .null else { return nil }
    self.init(path: path, digest: digest, byteCount: count, place: place)
  }
}

extension RunManifest.Snapshot {
  fileprivate init?(json: JSON) {
    guard let fields = json.items, fields.count == 3,
      let commit = fields[0].string.flatMap(GitObjectID.init(hex:)),
      let object = fields[1].string.flatMap({ Base64.decode($0) }), let items = fields[2].items
    else { return nil }
    var parts: [RunManifest.SnapshotPart] = []
    for item in items {
      guard let part = RunManifest.SnapshotPart(json: item) else { return nil }
      parts.append(part)
    }
    self.init(commit: commit, object: object, parts: parts)
  }
}

extension RunManifest.SnapshotPart {
  private static func bytes(_ json: JSON) -> [UInt8]? {
    if let text = json.string { return Array(text.utf8) }
    guard let digits = json.items, digits.count == 1,
      let bytes = digits[0].string.flatMap({ Hex.decode($0) }),
      String(validating: bytes, as: UTF8.self) == nil
    else { return nil }
    return bytes
  }

  fileprivate init?(json: JSON) {
    guard let fields = json.items, fields.count >= 3, let kind = fields[0].string,
      let bytes = RunManifest.SnapshotPart.bytes(fields[1])
    else { return nil }
    let path = TreePath(bytes: bytes)
    switch (kind, fields.count) {
    case ("file", 5), ("program", 5):
      guard let digest = fields[2].digest, let count = fields[3].count, let place = fields[4].string
      else { return nil }
      self.init(
        path: path, isProgram: kind == "program",
        body: .whole(place: place, digest: digest, byteCount: count))
    case ("large", 4), ("large program", 4):
      guard let digest = fields[2].digest, let count = fields[3].count else { return nil }
      self.init(
        path: path, isProgram: kind == "large program",
        body: .pointer(FilePointer(digest: digest, byteCount: count)))
    case ("link", 3):
      guard let target = RunManifest.SnapshotPart.bytes(fields[2]) else { return nil }
      self.init(path: path, isProgram: false, body: .link(target: target))
    default: return nil
    }
  }
}
