import Foundation

/// Hubs and servers: started, and met at the address that they say.
extension Binary {
  package typealias Listening = (process: Child, url: String)

  /// Starts a command that listens, and waits for its address.
  ///
  /// - Parameter log: a file for its stderr.
  private func startListening(
    _ words: [String], as person: String, log: String? = nil, variables: [String: String] = [:]
  ) throws -> Listening {
    let pipe = Pipe()
    let errors = log.map { open($0, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0o600) }
    defer { if let errors { close(errors) } }
    let process = try command(words, as: person, variables: variables).start(
      output: pipe.fileHandleForWriting.fileDescriptor, errors: errors)
    try pipe.fileHandleForWriting.close()
    var said = ""
    while !said.contains("\n") {
      let data = pipe.fileHandleForReading.availableData
      if data.isEmpty {
        throw TestFailure("\(words[0]) ended with \(process.wait()) before it listened")
      }
      said += String(decoding: data, as: UTF8.self)
    }
    let line = said.split(separator: "\n")[0]
    guard line.hasPrefix("listening on ") else { throw TestFailure("\(words[0]) says: \(said)") }
    return (process, String(line.dropFirst("listening on ".count)))
  }

  /// A hub of the replica in `root/hub`, which is made if it is not there.
  package func startHub(
    port: Int = 0, flags: [String] = [], log: String? = nil, variables: [String: String] = [:]
  ) throws -> Listening {
    try startListening(
      ["hub", "--dir", root + "/hub", "--workspace", "team", "--port", String(port)] + flags,
      as: "hub", log: log, variables: variables)
  }

  /// `server` of the replica in `root/dir`.
  package func startServer(
    _ dir: String, as person: String, port: Int = 0, flags: [String] = []
  ) throws -> Listening {
    try startListening(["server", "--port", String(port), "--dir", dir] + flags, as: person)
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
