import NIOCore
import NIOEmbedded
import Testing

@testable import FieldbookServing

@Suite("Who is connected") struct ConnectionLedgerTests {
  private func address(_ text: String) throws -> NetworkAddress {
    NetworkAddress(try SocketAddress(ipAddress: text, port: 1))
  }

  private func connection() throws -> EmbeddedChannel {
    let channel = EmbeddedChannel()
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    return channel
  }

  private func ledger(_ all: Int, perAddress: Int) -> ConnectionLedger {
    var bounds = ListeningBounds()
    (bounds.connections, bounds.connectionsPerAddress) = (all, perAddress)
    return ConnectionLedger(bounds: bounds)
  }

  @Test("one address has its share; its own oldest goes for its newest, and nobody else's")
  func perAddress() throws {
    let ledger = ledger(10, perAddress: 2)
    let (one, other) = (try address("192.0.2.1"), try address("192.0.2.2"))
    let stranger = try connection()
    #expect(ledger.admit(stranger, from: other) == .welcome)
    let channels = try (0..<3).map { _ in try connection() }
    #expect(channels.map { ledger.admit($0, from: one) } == [.welcome, .welcome, .instead])
    #expect(channels.map(\.isActive) == [false, true, true])
    #expect(stranger.isActive && ledger.count == 3)
  }

  @Test("full, the one goes that is longest without an answer under way") func full() throws {
    let ledger = ledger(3, perAddress: 3)
    let channels = try (0..<5).map { _ in try connection() }
    let addresses = try (0..<5).map { try address("192.0.2.\($0)") }
    for index in 0..<3 { _ = ledger.admit(channels[index], from: addresses[index]) }
    // The first is being answered, and the second was a moment ago.
    ledger.note(channels[0], isAnswered: true)
    ledger.note(channels[1], isAnswered: true)
    ledger.note(channels[1], isAnswered: false)
    #expect(ledger.admit(channels[3], from: addresses[3]) == .instead)
    #expect(channels.map(\.isActive) == [true, true, false, true, true])
    for index in [1, 3] { ledger.note(channels[index], isAnswered: true) }
    #expect(ledger.admit(channels[4], from: addresses[4]) == .refused)
    #expect(ledger.count == 3)
    for channel in channels { ledger.forget(channel) }
    #expect(ledger.count == 0)
  }

  @Test("loopback is one address however it is written, and an IPv6 network is one") func names()
    throws
  {
    #expect(try address("127.0.0.1") == address("::1"))
    #expect(try address("127.9.9.9") == address("::ffff:127.0.0.1"))
    #expect(try address("2001:db8::1").description == "2001:db8:0:0::/64")
    #expect(try address("::ffff:192.0.2.1") == address("192.0.2.1"))
    #expect(try !address("192.0.2.1").isLoopback)
  }
}
