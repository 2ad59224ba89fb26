import FieldbookModel
import FieldbookRepository
import FieldbookWorkspace

extension RunManifest {
  /// As `init(_ bytes:)` reads it; a line a part, in a fixed order, so that equal runs give equal bytes.
  package var bytes: [UInt8] {
    let members: [(String, JSON)] = [
      ("format", .integer(RunManifest.format)), ("run_id", .string(run.hex)),
      ("name", .string(name)), ("experiment", .string(experiment)),
      ("experiment_created", RunManifest.optional(experimentTime)),
      ("state", .string(state.coded)), ("start_time", .integer(startTime)),
      ("deleted", .bool(isDeleted)), ("user", RunManifest.optional(user)),
      ("device", RunManifest.optional(device)), ("parent", RunManifest.optional(parent?.hex)),
      ("description", RunManifest.optional(description)), ("params", RunManifest.map(parameters)),
      ("tags", RunManifest.map(tags)), ("labels", .array(labels.map(JSON.string))),
      ("environment", RunManifest.map(environment)),
      ("comments", .array(comments.map(\.json))), ("datasets", .array(datasets.map(\.json))),
      ("model_inputs", .array(modelInputs.map { .string($0.key.hex) })),
      (
        "model_outputs",
        .array(modelOutputs.map { .array([.string($0.model.key.hex), .integer($0.step)]) })
      ),
      ("conflicts", RunManifest.map(conflicts)), ("metrics", metrics.json),
      ("files", .array(files.map(\.json))), ("snapshot", snapshot?.json ?? .null),
    ]
    var out = Array("{\n".utf8)
    for (index, member) in members.enumerated() {
      if index > 0 { out += Array(",\n".utf8) }
      out += JSON.string(member.0).utf8 + Array(": ".utf8) + member.1.utf8
    }
    return out + Array("\n}\n".utf8)
  }

  private static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
  private static func optional(_ number: Int64?) -> JSON { number.map(JSON.integer) ?? .null }

  private static func map(_ texts: [String: String]) -> JSON {
    .object(
      texts.sorted { $0.key < $1.key }.map { JSON.Member(name: $0.key, value: .string($0.value)) })
  }
}

extension RunManifest.Told {
  fileprivate var json: JSON { .array([.string(text), .string(author), .integer(time)]) }
}

extension Dataset {
  fileprivate var json: JSON {
    .object([
      "name": .string(name), "digest": .string(digest), "source_type": .string(sourceType),
      "source": .string(source), "schema": .text(schema), "profile": .text(profile),
      "context": .text(context),
      "tags": .object(
        tags.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: .string($0.value)) }),
    ])
  }
}

extension RunManifest.Metrics {
  fileprivate var json: JSON {
    .array([.string(digest.hex), .integer(byteCount), .integer(points), .integer(keys)])
  }
}

extension RunManifest.File {
  fileprivate var json: JSON {
    .array([
      .string(path), .string(digest.hex), .integer(byteCount), place.map(JSON.string) ?? .null,
    ])
  }
}

extension RunManifest.Snapshot {
  fileprivate var json: JSON {
    .array([
      .string(commit.hex), .string(Base64.encode(object)), .array(parts.map(\.json)),
    ])
  }
}

extension RunManifest.SnapshotPart {
  /// Paths and targets that are no UTF-8 as a list of one: their hexadecimal digits.
  private static func bytes(_ bytes: [UInt8]) -> JSON {
    String(validating: bytes, as: UTF8.self).map(JSON.string)
      ?? .array([.string(Hex.encode(bytes))])
  }

  fileprivate var json: JSON {
    let path = RunManifest.SnapshotPart.bytes(path.bytes)
    switch body {
    case .whole(let place, let digest, let count):
      return .array([
        .string(isProgram ? "program" : "file"), path, .string(digest.hex), .integer(count),
        .string(place),
      ])
    case .pointer(let pointer):
      return .array([
        .string(isProgram ? "large program" : "large"), path, .string(pointer.digest.hex),
        .integer(pointer.byteCount),
      ])
    case .link(let target):
      return .array([.string("link"), path, RunManifest.SnapshotPart.bytes(target)])
    }
  }
}
