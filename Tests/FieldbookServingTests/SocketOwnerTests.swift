import Foundation
import NIOCore
import NIOPosix
import Testing

@testable import FieldbookServing

@Suite("Whose socket it is") struct SocketOwnerTests {
  private let table = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0
       1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000  1001        0 222 1 0 20 4 30 10 -1
       2: 0100007F:C351 0100007F:1F90 04 00000000:00000000 00:00000000 00000000     0        0 0 1 0 20 4 30 10 -1
    """

  @Test("the line of the peer's end tells its user; one that its process closed tells nobody's")
  func lines() {
    func owner(_ near: String) -> UInt32? { SocketOwner.find(near, "0100007F:1F90", in: table) }
    #expect(owner("0100007F:C350") == 1001)
    #expect(owner("0100007F:C351") == nil, "its user would be said to be root")
    #expect(owner("0100007F:C352") == nil)
  }

  @Test("addresses are named as the system names them") func names() throws {
    let four = try SocketAddress(ipAddress: "127.0.0.1", port: 8080)
    #expect(SocketOwner.name(four, asSix: false) == "0100007F:1F90")
    #expect(SocketOwner.name(four, asSix: true) == "0000000000000000FFFF00000100007F:1F90")
    let six = try SocketAddress(ipAddress: "::1", port: 8080)
    #expect(SocketOwner.name(six, asSix: true) == "00000000000000000000000001000000:1F90")
    #expect(SocketOwner.name(six, asSix: false) == nil)
    let mapped = try SocketAddress(ipAddress: "::ffff:127.0.0.1", port: 8080)
    #expect(SocketOwner.name(mapped, asSix: false) == "0100007F:1F90")
  }

  @Test("the kernel tells the user of either end, and of nobody's socket nothing")
  func diagnosis() async throws {
    let group = MultiThreadedEventLoopGroup.singleton
    let server = try await ServerBootstrap(group: group)
      .childChannelInitializer { $0.eventLoop.makeSucceededVoidFuture() }
      .bind(host: "127.0.0.1", port: 0).get()
    let client = try await ClientBootstrap(group: group)
      .connect(to: try #require(server.localAddress)).get()
    let (near, far) = (try #require(client.localAddress), try #require(client.remoteAddress))
    #expect(SocketDiagnosis.owner(near: near, far: far) == geteuid())
    #expect(SocketOwner.of(client) == geteuid(), "its server's end is this process's, too")
    let nobody = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
    #expect(SocketDiagnosis.owner(near: nobody, far: far) == nil)
    try await client.close()
    try await server.close()
  }
}
