import FieldbookModel
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// A connection that sends what a test tells it to, byte by byte: no client of ours is in between.
package final class Wire: Sendable {
  package let channel: any Channel
  private let inbox: Inbox

  package struct Answer: Sendable {
    package var status: Int
    package var headers: [String: String]
    package var body: [UInt8]

    package var text: String { String(decoding: body, as: UTF8.self) }
    /// The refusal's word; nil for anything else.
    package var word: String? {
      (try? JSONDecoder().decode([String: String].self, from: Data(body)))?["error"]
    }
  }

  private init(_ channel: any Channel, _ inbox: Inbox) {
    self.channel = channel
    self.inbox = inbox
  }

  /// - Parameter speaksTLS: nil: as the address says.
  package static func open(_ url: String, speaksTLS: Bool? = nil) async throws -> Wire {
    guard let parts = URLComponents(string: url), let host = parts.host, let port = parts.port
    else { throw URLError(.badURL) }
    let isSecure = speaksTLS ?? (parts.scheme == "https")
    let inbox = Inbox()
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.certificateVerification = .none
    let context = try NIOSSLContext(configuration: configuration)
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if isSecure {
            try channel.pipeline.syncOperations.addHandler(
              NIOSSLClientHandler(context: context, serverHostname: nil))
          }
          try channel.pipeline.syncOperations.addHandler(Reader(inbox))
        }
      }
      .connect(host: host, port: port).get()
    return Wire(channel, inbox)
  }

  package func send(_ bytes: some Sequence<UInt8>) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes))
  }

  package func close() async { try? await channel.close() }

  /// Until the other side closed the connection.
  package func closed() async {
    try? await channel.closeFuture.get()
  }

  /// The next answer; nil when the connection is closed before it is whole.
  package func answer() async -> Answer? {
    await inbox.next { buffer in
      guard let end = buffer.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
      let lines = String(decoding: buffer[..<end.lowerBound], as: UTF8.self)
        .components(separatedBy: "\r\n")
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        headers[parts[0].lowercased()] = parts.last?.trimmingCharacters(in: .whitespaces)
      }
      let status = Int(lines[0].split(separator: " ")[1]) ?? 0
      if headers["transfer-encoding"] == "chunked" {
        guard let (body, count) = Wire.chunked(buffer[end.upperBound...]) else { return nil }
        buffer.removeFirst(end.upperBound + count)
        return Answer(status: status, headers: headers, body: body)
      }
      let length = headers["content-length"].flatMap(Int.init) ?? 0
      guard buffer.count >= end.upperBound + length else { return nil }
      let body = Array(buffer[end.upperBound..<end.upperBound + length])
      buffer.removeFirst(end.upperBound + length)
      return Answer(status: status, headers: headers, body: body)
    }
  }

  /// Nil before it is whole; else with how many bytes it took. (RFC 9112, 7.1)
  private static func chunked(_ bytes: ArraySlice<UInt8>) -> (body: [UInt8], count: Int)? {
    var (body, rest) = ([UInt8](), bytes)
    let lineEnd = Array("\r\n".utf8)
    while let end = rest.firstRange(of: lineEnd) {
      let size = Int(String(decoding: rest[..<end.lowerBound], as: UTF8.self), radix: 16) ?? 0
      guard rest[end.upperBound...].count >= size + 2 else { return nil }
      body += rest[end.upperBound...].prefix(size)
      rest = rest[(end.upperBound + size + 2)...]
      if size == 0 { return (body, bytes.count - rest.count) }
    }
    return nil
  }

  package static func head(
    _ method: String, _ path: String, _ length: Int?, _ headers: [String: String] = [:]
  ) -> [UInt8] {
    var text = "\(method) \(path) HTTP/1.1\r\n"
    if headers["Host"] == nil { text += "Host: 127.0.0.1\r\n" }
    if let length { text += "Content-Length: \(length)\r\n" }
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  package func request(
    _ method: String, _ path: String, _ body: [UInt8] = [], _ headers: [String: String] = [:]
  ) async throws -> Answer? {
    try await send(Wire.head(method, path, body.count, headers) + body)
    return await answer()
  }
}

/// What came in, for one reader.
private actor Inbox {
  private var buffer: [UInt8] = []
  private var isClosed = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func take(_ bytes: [UInt8]) {
    buffer += bytes
    wake()
  }

  func close() {
    isClosed = true
    wake()
  }

  private func wake() {
    for one in waiting { one.resume() }
    waiting = []
  }

  func next<Value: Sendable>(_ parse: @Sendable (inout [UInt8]) -> Value?) async -> Value? {
    while true {
      if let value = parse(&buffer) { return value }
      if isClosed { return nil }
      await withCheckedContinuation { waiting.append($0) }
    }
  }
}

private final class Reader: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private let bytes: AsyncStream<[UInt8]>.Continuation

  init(_ inbox: Inbox) {
    let (stream, continuation) = AsyncStream.makeStream(of: [UInt8].self)
    bytes = continuation
    Task {
      for await part in stream { await inbox.take(part) }
      await inbox.close()
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    bytes.yield(Array(unwrapInboundIn(data).readableBytesView))
  }

  func channelInactive(context: ChannelHandlerContext) {
    bytes.finish()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
