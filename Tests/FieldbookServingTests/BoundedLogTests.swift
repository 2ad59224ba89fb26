import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookServing

@Suite("The log of a server without a terminal") struct BoundedLogTests {
  private func write(_ text: String, to handle: Int32) {
    Data(text.utf8).withUnsafeBytes { _ = Foundation.write(handle, $0.baseAddress, $0.count) }
  }

  @Test("it begins anew when it is long, keeps the one before, and whoever writes goes along")
  func turns() throws {
    let folder = try TemporaryFolder()
    let log = BoundedLog(folder.path + "/server.log", limit: 100)
    let stream = log.opened()
    defer { close(stream) }
    write("first\n", to: stream)
    log.turn(moving: [stream])
    #expect(log.tail() == "first", "a short one stays")
    for round in 0..<3 {
      write(String(repeating: "\(round)", count: 200) + "\n", to: stream)
      log.turn(moving: [stream])
      write("after \(round)\n", to: stream)
      #expect(log.tail() == "after \(round)")
    }
    let kept = try String(contentsOfFile: log.path + ".1", encoding: .utf8)
    #expect(kept.hasSuffix(String(repeating: "2", count: 200) + "\n") && !kept.contains("000"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 2)
  }

  @Test("its end is told, however long it is") func tail() throws {
    let folder = try TemporaryFolder()
    let log = BoundedLog(folder.path + "/server.log")
    #expect(log.tail() == "", "of none, nothing")
    let stream = log.opened()
    defer { close(stream) }
    write(String(repeating: "x", count: 100_000) + "\nthe end\n", to: stream)
    #expect(log.tail(bytes: 20).hasSuffix("the end"))
    #expect(log.tail(bytes: 20).utf8.count <= 20)
  }
}
