import Foundation

/// Hubs and servers: started, and met at the address that they say.
extension Binary {
  package typealias Listening = (process: Process, url: String)

  /// Starts a command that listens, and waits for its address.
  private func startListening(
    _ words: [String], as person: String, errors: FileHandle = .nullDevice
  ) throws -> Listening {
    let pipe = Pipe()
    let process = process(words, as: person)
    process.standardOutput = pipe
    process.standardError = errors
    try process.run()
    var said = ""
    while !said.contains("\n") {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty { throw TestFailure("\(words[0]) ended before it listened") }
      said += String(decoding: data, as: UTF8.self)
    }
    let line = said.split(separator: "\n")[0]
    guard line.hasPrefix("listening on ") else { throw TestFailure("\(words[0]) says: \(said)") }
    return (process, String(line.dropFirst("listening on ".count)))
  }

  /// A hub of the replica in `root/hub`, which is made if it is not there.
  package func startHub(
    port: Int = 0, flags: [String] = [], errors: FileHandle = .nullDevice
  ) throws -> Listening {
    try startListening(
      ["hub", "--dir", root + "/hub", "--workspace", "team", "--port", String(port)] + flags,
      as: "hub", errors: errors)
  }

  /// `server` of the replica in `root/dir`.
  package func startServer(
    _ dir: String, as person: String, flags: [String] = []
  ) throws -> Listening {
    try startListening(["server", "--port", "0", "--dir", dir] + flags, as: person)
  }

  /// A hub, and a replica for each of these people.
  package func startTeam(_ people: [String]) throws -> Listening {
    let (hub, url) = try startHub()
    do {
      for person in people { try clone(person, url) }
    } catch {
      hub.stop()
      throw error
    }
    return (hub, url)
  }
}
