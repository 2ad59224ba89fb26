/// Git's own server for reading, `git http-backend`, which libgit2 lacks. Whoever may start programs brings it.
package protocol GitProgram: Sendable {
  /// - Parameter variables: those that a CGI program is given, and git's. (RFC 3875, 4.1)
  /// - Throws: where git is not on this machine.
  func start(_ variables: [String: String]) throws -> any GitConversation
}

/// One question and its answer. It ends with this value, if not before.
package protocol GitConversation: Sendable {
  /// - Returns: false if it reads no more.
  func write(_ bytes: [UInt8]) -> Bool
  func endWriting()
  /// Waits for some bytes; none at the end.
  func read() -> [UInt8]
}
