import FieldbookExecution
import FieldbookModel
import FieldbookSync
import Foundation

/// Git's own server for reading, of the git that is on the `PATH`.
struct GitBackend: GitProgram {
  func start(_ variables: [String: String]) throws -> any GitConversation {
    var own = variables
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    own["PATH"] = path
    guard let git = Spawn.find("git", variables: ["PATH": path], folder: "/"),
      FileManager.default.isExecutableFile(atPath: git)
    else {
      throw InvalidInput(
        "there is no git on the machine that serves this repository", hint: "install git there")
    }
    return try Conversation(git, own)
  }

  /// Unchecked: a socket takes a writer and a reader at a time.
  private final class Conversation: GitConversation, @unchecked Sendable {
    private static let pieceBytes = 64 << 10
    private let program: AskedProgram

    init(_ git: String, _ variables: [String: String]) throws {
      // What git complains of is the client's, who is told in the answer.
      let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
      defer { close(null) }
      program = try AskedProgram(git, ["http-backend"], variables: variables, errors: null)
    }

    func write(_ bytes: [UInt8]) -> Bool { program.write(bytes) }
    func endWriting() { program.endWriting() }
    func read() -> [UInt8] { program.readSome(Conversation.pieceBytes) }
  }
}
