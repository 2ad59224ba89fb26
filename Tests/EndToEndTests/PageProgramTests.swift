import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

/// The page in a real browser, from the built program, over a replica that is large for a person: 10,000 runs, a series of a million
/// points, six conflicts, and names and files that a hostile teammate would
/// choose.
@Suite("The page in a browser", .serialized)
struct PageProgramTests {
  let fieldbook: Binary
  private let python = ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"

  init() throws { fieldbook = try Binary() }

  @Test("opens, shows the truth, and changes what the command line then shows")
  func browser() async throws {
    let (hub, hubURL) = try fieldbook.startTeam(["ana", "bo"])
    defer { hub.stop() }
    let replica = PageReplica(fieldbook: fieldbook, python: python)
    try replica.disagree()
    try replica.lay("disputes")
    try replica.fill()
    try replica.capture()
    let (server, url) = try fieldbook.startServer("ana", as: "ana")
    defer { server.stop() }
    _ = try fieldbook.syncTwice(["ana"])
    try replica.lay("oddities")
    let link = try fieldbook.own(["page", "origin", "--json"], as: "ana").json["url"] as? String
    var words = [
      PageReplica.folder + "/run.py", "--url", url, "--chromium", try PageProgramTests.chromium(),
      "--hub", hubURL, "--hub-link", try #require(link),
      "--program", Binary.path, "--root", fieldbook.root,
    ]
    let chosen = ProcessInfo.processInfo.environment["FIELDBOOK_PAGE_ONLY"]
    if let folder = ProcessInfo.processInfo.environment["FIELDBOOK_SCREENSHOTS"] {
      words += ["--screenshots", folder]
    }
    if let chosen { words += ["--only", chosen] }
    let command = Command(python, words, variables: ProcessInfo.processInfo.environment)
    let answer = try await Apart.wait { try command.answer() }
    #expect(answer.status == 0, "\(answer.out)\n\(answer.err)")
    #expect(answer.out.contains("ok"))
    guard chosen == nil else { return }
    // What is written in the page is written: a comment, which nobody takes back.
    let list = try fieldbook.own(["runs", "--limit", "10", "--json"], as: "ana").json["runs"]
    let comments = (list as? [[String: Any]] ?? []).flatMap {
      $0["comments"] as? [[String: Any]] ?? []
    }
    #expect(comments.contains { $0["text"] as? String == "Seen on the page." })
  }

  @Test(
    "another user's browser is asked for a password, which is the token",
    .enabled(if: getuid() == 0, "only root can become somebody else"))
  func others() throws {
    let fieldbook = try Binary.withReplica(of: "ana")
    let (server, url) = try fieldbook.startServer("ana", as: "ana")
    defer { server.stop() }
    let curl = "setpriv --reuid=65534 --regid=65534 --clear-groups curl -si"
    let told = try fieldbook.shell(
      """
      token=$(cat ana/.fieldbook/server.token)
      for path in / /page/app.js /page/api/status /page/events; do \(curl) \(url)$path | head -n 4; done
      \(curl) -u any:$token \(url)/ | head -n 1; \(curl) -u any:$token \(url)/page/api/status | head -n 1
      \(curl) -u any:wrong \(url)/page/api/status | head -n 1
      """, as: "ana"
    ).answer().out
    #expect(told.components(separatedBy: "401 Unauthorized").count == 6, "\(told)")
    let asked = told.lowercased().components(separatedBy: "www-authenticate: basic realm")
    #expect(asked.count == 5, "\(told)")
    #expect(told.components(separatedBy: "200 OK").count == 3, "\(told)")
  }

  /// Debian's `chromium`, or what CHROMIUM names.
  private static func chromium() throws -> String {
    let variables = ProcessInfo.processInfo.environment
    let folders = (variables["PATH"] ?? "/usr/bin").split(separator: ":").map(String.init)
    let places = [variables["CHROMIUM"]].compactMap(\.self) + folders.map { $0 + "/chromium" }
    return try #require(places.first { FileManager.default.isExecutableFile(atPath: $0) })
  }
}
