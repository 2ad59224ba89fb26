import FieldbookTestSupport
import Foundation
import Testing

@Suite("Signals to a run")
struct RunSignalTests {
  let fieldbook: Binary

  init() throws { fieldbook = try Binary() }

  @Test(
    "what is sent to us alone reaches the command, and its answer is ours",
    arguments: [
      SIGTERM, SIGHUP, SIGINT, SIGQUIT,
    ])
  func forwarded(number: Int32) throws {
    try fieldbook.initialize("ana", as: "ana")
    let ready = fieldbook.root + "/ready"
    let script =
      "trap 'exit 7' \(number); : > '\(ready)'; for i in $(seq 1000); do sleep 0.02; done"
    let process = try fieldbook.start(
      ["run", "--dir", "ana", "--name", "r", "--", "/bin/sh", "-c", script], as: "ana")
    let deadline = Date().addingTimeInterval(20)
    while process.isRunning, !FileManager.default.fileExists(atPath: ready), Date() < deadline {
      usleep(5000)
    }
    kill(process.id, number)
    while process.isRunning, Date() < deadline { usleep(5000) }
    if process.isRunning { process.crash() }
    #expect(process.wait() == 7)
    let shown = try fieldbook.run("show", "r", "--dir", "ana", "--json", as: "ana").json
    #expect(shown["status"] as? String == "FAILED")
  }
}
