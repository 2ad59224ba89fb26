import FieldbookTestSupport
import Foundation
import Testing

/// Ctrl-C, SIGTERM and kill -9 while the program writes what a person asked for.
@Suite("What is interrupted leaves nothing half written")
struct InterruptTests {
  let fieldbook: Binary
  private let bytes = 48 << 20

  init() throws {
    fieldbook = try Binary()
    try fieldbook.initialize("ana", as: "ana")
    try FileManager.default.createDirectory(
      atPath: fieldbook.root + "/out", withIntermediateDirectories: true)
    try FileManager.default.createDirectory(
      atPath: fieldbook.root + "/project", withIntermediateDirectories: true)
    var generator = SeededGenerator(seed: 4)
    var noise = [UInt8](repeating: 0, count: bytes)
    for index in stride(from: 0, to: bytes, by: 8) {
      withUnsafeBytes(of: generator.next()) { noise.replaceSubrange(index..<index + 8, with: $0) }
    }
    try Data(noise).write(to: URL(fileURLWithPath: fieldbook.root + "/project/data.bin"))
    let ran = try fieldbook.shell(
      "cd project && \"$0\" run -q --dir ../ana --name r -- true && \"$0\" log artifact -q --dir ../ana data.bin",
      as: "ana"
    ).answer()
    try #require(ran.status == 0, "\(ran.err)")
  }

  /// Names of what is half written.
  private var parts: [String] {
    (FileManager.default.enumerator(atPath: fieldbook.root + "/out")?.allObjects ?? [])
      .compactMap { $0 as? String }
      .filter { name in
        let last = (name as NSString).lastPathComponent
        return [".fieldbook-part-", ".partial-"].contains(where: last.hasPrefix)
      }
  }

  /// - Returns: the status, and whether it was caught while it wrote.
  private func interrupt(_ words: [String], by number: Int32) throws -> (Int32, wasCaught: Bool) {
    let child = try fieldbook.start(words + ["--dir", "ana"], as: "ana")
    var wasCaught = false
    while child.isRunning, !wasCaught {
      wasCaught = !parts.isEmpty
      if !wasCaught { usleep(500) }
    }
    if child.isRunning { kill(child.id, number) }
    return (child.wait(), wasCaught)
  }

  @Test(
    "a signal takes along what is half written, and what a killed one left goes with the next",
    arguments: [
      ["export", "r", "out/r.tar.gz"], ["artifacts", "get", "r", "data.bin", "--out", "out/d.bin"],
      ["bundle", "create", "out/b.bundle"], ["backup", "create", "out"],
      ["checkout", "r", "out/code"],
    ])
  func signals(words: [String]) throws {
    for number in [SIGINT, SIGTERM] {
      let (status, wasCaught) = try interrupt(words, by: number)
      try #require(wasCaught, "it was too quick: \(status)")
      #expect(status == 128 + number)
      #expect(parts.isEmpty)
      let left = try FileManager.default.contentsOfDirectory(atPath: fieldbook.root + "/out")
      #expect(left.filter { $0 != ".lock" }.isEmpty, "\(left)")
    }
    _ = try interrupt(words, by: SIGKILL)
    #expect(!parts.isEmpty)
    let whole = try fieldbook.run(words + ["--dir", "ana"], as: "ana")
    #expect(whole.status == 0, "\(whole.err)")
    #expect(parts.isEmpty)
  }
}
