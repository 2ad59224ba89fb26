/// The config of a run with everything resolved, as its script is given it.
struct UsedConfig: Equatable, Sendable {
  /// Of the file, without a dot.
  var ending: String
  var bytes: [UInt8]

  /// Of the run's file, without its ending.
  static let path = "config/used."

  init(ending: String, bytes: [UInt8]) {
    self.ending = ending
    self.bytes = bytes
  }

  /// Nil where none of a run's files is one.
  init?(_ files: [(path: String, bytes: [UInt8])]) {
    guard let file = files.first(where: { $0.path.hasPrefix(UsedConfig.path) }) else { return nil }
    let ending = String(file.path.dropFirst(UsedConfig.path.count))
    guard !ending.isEmpty, ending.utf8.allSatisfy({ (97...122).contains($0) }) else { return nil }
    self.init(ending: ending, bytes: file.bytes)
  }

  /// What of a run's environment tells of its config.
  static func facts(_ environment: [String: String]) -> [String: String] {
    environment.filter { name, _ in
      ["config", "config_change"].contains(name) || name.hasPrefix("config_variable.")
    }
  }
}
