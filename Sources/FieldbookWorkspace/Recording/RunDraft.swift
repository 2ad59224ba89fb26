import FieldbookModel

/// What a run is opened with.
package struct RunDraft: Sendable {
  package var experiment: ExperimentID
  /// Nil: a name is made up.
  package var name: String?
  package var startTime: Timestamp?
  package var user: String?
  package var parent: RunID?
  package var parameters: [EntryKey: String]
  package var tags: [EntryKey: String]
  package var environment: [String: String]
  package var description: String?

  package init(
    experiment: ExperimentID, name: String? = nil, startTime: Timestamp? = nil, user: String? = nil,
    parent: RunID? = nil, parameters: [EntryKey: String] = [:], tags: [EntryKey: String] = [:],
    environment: [String: String] = [:], description: String? = nil
  ) {
    self.experiment = experiment
    self.name = name
    self.startTime = startTime
    self.user = user
    self.parent = parent
    self.parameters = parameters
    self.tags = tags
    self.environment = environment
    self.description = description
  }
}

/// Names for runs that were given none: easy to say, easy to tell apart.
enum RunNames {
  static func generate(_ random: (Int) -> [UInt8]) -> String {
    let bytes = random(4).map(Int.init)
    let number = (bytes[2] << 8 | bytes[3]) % 1000
    return "\(moods[bytes[0] % moods.count])-\(birds[bytes[1] % birds.count])-\(number)"
  }

  private static let moods = [
    "amber", "bold", "brisk", "calm", "clear", "crisp", "deft", "early", "eager", "fair", "fleet",
    "gentle", "glad", "keen", "kind", "late", "light", "lucid", "mellow", "neat", "patient",
    "plain",
    "quick", "quiet", "ready", "sharp", "sound", "steady", "still", "sure", "warm", "wise",
  ]
  private static let birds = [
    "avocet", "bittern", "crane", "curlew", "dunlin", "eider", "falcon", "finch", "gannet",
    "godwit",
    "grebe", "harrier", "heron", "ibis", "jay", "kestrel", "kite", "lapwing", "lark", "linnet",
    "martin",
    "merlin", "osprey", "owl", "petrel", "plover", "robin", "shrike", "swift", "tern", "wren",
    "wigeon",
  ]
}
