import Foundation

/// What people do with their replicas, each in the folder of its own name.
extension Binary {
  /// A replica in `root/dir`, and a run in it if one is named.
  package func initialize(_ dir: String, as person: String, run name: String? = nil) throws {
    var answer = try run("init", dir, as: person)
    if let name, answer.status == 0 {
      answer = try run("start", "--name", name, "--dir", dir, "--quiet", as: person)
    }
    guard answer.status == 0 else { throw TestFailure(answer.err) }
  }

  /// The program with a replica in `root/person`.
  package static func withReplica(of person: String) throws -> Binary {
    let made = try Binary()
    try made.initialize(person, as: person)
    return made
  }

  /// The program with a replica in `root/w`, of ana, and a run `r` in it.
  package static func withOneRun() throws -> Binary {
    let made = try Binary()
    try made.initialize("w", as: "ana", run: "r")
    return made
  }

  /// Ana's words in that replica.
  package func ask(_ words: String...) throws -> Answer {
    try run(words + ["--dir", "w"], as: "ana")
  }

  /// The same words by a person in the replica of its own name.
  package func own(_ words: [String], as person: String) throws -> Answer {
    try run(words + ["--dir", person], as: person)
  }

  /// A replica in `root/person`, let in by the hub in `root/hub`.
  package func clone(_ person: String, _ url: String) throws {
    let answer = try run("clone", url, person, "--code", invite(), as: person)
    guard answer.status == 0 else { throw TestFailure(answer.err) }
  }

  /// A code by the replica in `root/person`.
  package func invite(by person: String = "hub") throws -> String {
    try run("invite", "--dir", person, "--quiet", as: person).out
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @discardableResult
  package func sync(_ person: String) throws -> Answer {
    try run("sync", "--dir", person, as: person)
  }

  /// Everyone syncs, and once more, so that each hears of all.
  ///
  /// - Returns: What those said whose exit status was not 0.
  @discardableResult
  package func syncTwice(_ people: [String]) throws -> [String] {
    try (people + people).map { try sync($0) }.filter { $0.status != 0 }.map(\.err)
  }

  package func stateHash(_ person: String) throws -> String {
    let answer = try run("status", "--dir", person, "--json", as: person)
    guard let hash = answer.json["state_hash"] as? String, !hash.isEmpty else {
      throw TestFailure(answer.err)
    }
    return hash
  }

  /// One, if they hold the same.
  package func stateHashes(_ people: [String]) throws -> Set<String> {
    try Set(people.map { try stateHash($0) })
  }

  /// Checks of `doctor` that did not hold.
  package func ailments(_ person: String) throws -> [String] {
    let answer = try run("doctor", "--dir", person, "--json", as: person)
    guard let checks = answer.json["checks"] as? [[String: Any]], !checks.isEmpty else {
      throw TestFailure(answer.err)
    }
    return checks.filter { $0["ok"] as? Bool != true }.map {
      "\($0["name"] ?? ""): \($0["detail"] ?? "")"
    }
  }
}
