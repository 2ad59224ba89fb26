import FieldbookTestSupport
import Foundation

/// Shell scripts with small filesystems of their own, which nobody else sees and which go when the script ends.
enum MountNamespace {
  /// As root directly, else as root of a user namespace; nil where the system lets nobody.
  private static let words: [String]? = [["-m"], ["-Urm"]].first { words in
    let probe = "mount -t tmpfs -o size=1m tmpfs \"$0\" && mount -o remount,ro \"$0\""
    return (try? run(words, probe, [FileManager.default.temporaryDirectory.path]).status) == 0
  }

  static let isPossible = words != nil

  struct Answer {
    var status: Int32
    var lines: [String]

    /// What was printed between the lines `== name` and the next one that begins so.
    func part(_ name: String) -> [String] {
      let from = lines.drop { $0 != "== " + name }.dropFirst()
      return Array(from.prefix { !$0.hasPrefix("== ") })
    }

    /// The exit status that stands there as `status N`.
    func status(_ name: String) -> Int? {
      part(name).last { $0.hasPrefix("status ") }.flatMap { Int($0.dropFirst(7)) }
    }

    /// True for exactly one line on what is wrong and one on what to do.
    func isClearFailure(_ name: String, saying text: String) -> Bool {
      let said = part(name).filter { !$0.hasPrefix("status ") }
      return said.count == 2 && said[0].hasPrefix("error: ") && said[0].contains(text)
        && said[1].hasPrefix("hint: ") && status(name) != 0
    }
  }

  /// `$0` is the program, `$1` an empty folder. `t NAME WORDS…` runs the program and prints all it says, and its status.
  static func script(_ text: String, binary: Binary, variables: [String: String] = [:]) throws
    -> Answer
  {
    guard let words else { throw TestFailure("no mount namespace") }
    let disk = binary.root + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let helper = """
      f=$0; t() { echo "== $1"; shift; "$f" "$@" 2>&1; echo "status $?"; }

      """
    return try run(
      words, helper + text, [Binary.path, disk],
      variables: binary.command([], as: "ana", variables: variables).variables)
  }

  private static func run(
    _ namespace: [String], _ text: String, _ arguments: [String],
    variables: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> Answer {
    let answer = try Command(
      "unshare", namespace + ["/bin/sh", "-c", text] + arguments, variables: variables
    ).answer(joined: true)
    let lines = answer.out.split(separator: "\n").map(String.init)
    return Answer(status: answer.status, lines: lines)
  }
}
