/// The name of one mutable field of one entity, as it stands in the log: `description`, `tags.K`.
package struct FieldName: Hashable, Comparable, Sendable, CustomStringConvertible {
  private let exact: ExactText
  /// Of the bytes. Names that differ here differ: texts are compared only where this is equal.
  private let fingerprint: UInt64
  /// Nil for a name without a dot.
  package let family: FieldFamily?
  /// Nil for a name with a family, and for one that this version does not know.
  package let word: FieldWord?
  package var text: String { exact.text }

  /// Any text: names come from the log too, where a later version may have put one unknown here.
  package init(_ text: String) {
    exact = ExactText(text)
    var copy = text
    (fingerprint, family) = copy.withUTF8 { (FieldName.fingerprint($0), FieldFamily(of: $0)) }
    word = family == nil ? FieldWord(exactly: text) : nil
  }

  package static func == (left: FieldName, right: FieldName) -> Bool {
    left.fingerprint == right.fingerprint && left.exact == right.exact
  }

  /// Not of the fingerprint: whoever chooses names could make many of one.
  package func hash(into hasher: inout Hasher) { exact.hash(into: &hasher) }

  /// Less than `slots`: a place for the name in a table where two names can fall on one place.
  package var slot: Int { Int(truncatingIfNeeded: fingerprint % UInt64(FieldName.slots)) }
  package static let slots = 256

  package static func < (left: FieldName, right: FieldName) -> Bool { left.exact < right.exact }

  /// FNV-1a. Source: Fowler, Noll, Vo, "The FNV Non-Cryptographic Hash Algorithm".
  private static func fingerprint(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
    bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }

  package var description: String { text }

  package static let name = FieldName("name")
  package static let description = FieldName("description")
  package static let lifecycle = FieldName("lifecycle")
  package static let status = FieldName("status")
  package static let comments = FieldName("comments")
  package static let metrics = FieldName("metrics")
  package static let number = FieldName("number")
  package static let stage = FieldName("stage")
  package static let role = FieldName("role")
  package static let allocator = FieldName("allocator")
  package static let hub = FieldName("hub")
  /// Written once, with the entity.
  package static let experiment = FieldName("experiment")
  package static let parent = FieldName("parent")
  package static let model = FieldName("model")
  package static let startTime = FieldName("start_time")
  package static let createdTime = FieldName("created_time")
  package static let user = FieldName("user")
  package static let provisional = FieldName("provisional")
  package static let run = FieldName("run")
  package static let source = FieldName("source")
  /// Of a version: the number that its device gave it, out of what is leased to it. Said with its creation.
  package static let leasedNumber = FieldName("leased_number")
  /// Of traces.
  package static let traceName = FieldName("trace_name")
  package static let requestTime = FieldName("request_time")
  package static let duration = FieldName("duration")
  package static let state = FieldName("state")
  package static let requestPreview = FieldName("request_preview")
  package static let responsePreview = FieldName("response_preview")
  package static let clientRequest = FieldName("client_request_id")
  package static let spans = FieldName("spans")
  /// Of configs: the whole file.
  package static let configText = FieldName("text")

  package static func tag(_ key: EntryKey) -> FieldName { FieldName("tags." + key.text) }
  package static func parameter(_ key: EntryKey) -> FieldName { FieldName("params." + key.text) }
  /// What a client told of a trace as a whole: `metadata.mlflow.sourceRun`.
  package static func metadata(_ key: String) -> FieldName { FieldName("metadata." + key) }
  package static func assessment(_ id: String) -> FieldName { FieldName("assessments." + id) }
  /// What a trace was tied to afterwards: `links.run/ID`, `links.prompt/NAME/VERSION`.
  package static func link(_ target: String) -> FieldName { FieldName("links." + target) }
  package static func label(_ label: String) -> FieldName { FieldName("labels." + label) }
  package static func alias(_ alias: String) -> FieldName { FieldName("aliases." + alias) }
  package static func artifact(_ path: String) -> FieldName { FieldName("artifacts." + path) }
  /// A dataset used, by digest first, so that one name with two digests is two datasets.
  package static func dataset(digest: String, name: String) -> FieldName {
    FieldName("datasets." + digest + "." + name)
  }
  /// What capture found: `environment.python`, written once.
  package static func environment(_ key: String) -> FieldName { FieldName("environment." + key) }

  /// The part up to the first dot, and what follows it; the whole name and nil without a dot.
  package var split: (family: Substring, member: Substring?) {
    guard let dot = text.utf8.firstIndex(of: UInt8(ascii: ".")) else { return (text[...], nil) }
    return (text[..<dot], text[text.utf8.index(after: dot)...])
  }
}
