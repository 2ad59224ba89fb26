import FieldbookModel

/// What of a run only its own log can say: which device recorded it, who commented when, what was in conflict. In another workspace
/// these are tags of the run, written once with it; out of there they go on as what they were.
struct TravellingTags: Equatable {
  static let device = "fieldbook.device"

  var device: String?
  var comments: [RunManifest.Told] = []
  /// By field: a JSON list of values.
  var conflicts: [String: String] = [:]

  init(_ manifest: RunManifest) {
    device = manifest.device
    comments = manifest.comments
    conflicts = manifest.conflicts
  }

  /// Takes them out of the tags of a run that came so.
  init(taking tags: inout [String: String]) {
    device = tags.removeValue(forKey: TravellingTags.device)
    if let told = tags[MovingTag.comments].flatMap(TravellingTags.comments) {
      comments = told
      tags[MovingTag.comments] = nil
    }
    for (key, value) in tags where key.hasPrefix(MovingTag.conflict) {
      conflicts[String(key.dropFirst(MovingTag.conflict.count))] = value
      tags[key] = nil
    }
  }

  var tags: [String: String] {
    var tags: [String: String] = [:]
    tags[TravellingTags.device] = device
    if !comments.isEmpty {
      tags[MovingTag.comments] =
        JSON.array(
          comments.map { comment in
            JSON.object([
              "text": .string(comment.text), "author": .string(comment.author),
              "time": .string(Timestamp(milliseconds: comment.time).rfc3339),
            ])
          }
        ).text
    }
    for (field, values) in conflicts { tags[MovingTag.conflict + field] = values }
    return tags
  }

  /// Nil for what is no list of comments.
  private static func comments(_ text: String) -> [RunManifest.Told]? {
    guard let items = (try? JSONParser.parse(Array(text.utf8)))?.items else { return nil }
    var out: [RunManifest.Told] = []
    for item in items {
      guard let text = item["text"]?.string, let author = item["author"]?.string,
        let time = item["time"]?.string.flatMap({ ProtobufTime.time($0) })
      else { return nil }
      out.append(.init(text: text, author: author, time: time.milliseconds))
    }
    return out
  }
}
