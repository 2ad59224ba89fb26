import NIOCore
import Synchronization
import Testing

@testable import FieldbookServing

@Suite("One line for each refusal") struct ComplaintsTests {
  private final class Heard: Sendable {
    let lines = Mutex<[String]>([])
    let now = Mutex<Int64>(0)
  }

  private func complaints(_ heard: Heard) -> Complaints {
    Complaints(
      now: { heard.now.withLock { $0 } },
      write: { line in heard.lines.withLock { $0.append(line) } })
  }

  @Test("the same from one address is said once a minute, and then how often it came")
  func once() throws {
    let heard = Heard()
    let complaints = complaints(heard)
    let address = try NetworkAddress(.init(ipAddress: "192.0.2.1", port: 1))
    for _ in 0..<1000 { complaints.note("a thing", from: address) }
    #expect(heard.lines.withLock { $0 } == ["refused, from 192.0.2.1: a thing"])
    heard.now.withLock { $0 = 60_000 }
    complaints.note("a thing", from: address)
    #expect(heard.lines.withLock { $0 }.count == 2)
    #expect(
      heard.lines.withLock { $0 }[1].hasSuffix("a thing (and 999 more since it was last said)"))
  }

  @Test("a flood from everywhere says a bounded number of lines a minute") func flood() throws {
    let heard = Heard()
    let complaints = complaints(heard)
    for index in 0..<2000 {
      let address = try NetworkAddress(
        .init(ipAddress: "10.0.\(index / 250).\(index % 250)", port: 1))
      complaints.note("a thing", from: address)
    }
    #expect(heard.lines.withLock { $0 }.count == Complaints.linesAMinute)
    heard.now.withLock { $0 = 60_000 }
    complaints.note("another", from: NetworkAddress(nil))
    #expect(heard.lines.withLock { $0 }.last == "refused, from local: another")
  }
}
