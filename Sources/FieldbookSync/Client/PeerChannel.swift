import Crypto
import FieldbookModel
import FieldbookReplication
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// One connection to a peer at a time, made when it is needed, for one request after the other.
///
/// With TLS the rule decides on the certificate within the TLS handshake: before any request is written. From the
/// first one on every further connection must show the same.
final class PeerChannel: Sendable {
  let address: PeerAddress
  private let rule: CertificateRule
  private let state = Mutex(State())

  private struct State {
    var channel: (any Channel)?
    var collector: NIOLoopBound<AnswerCollector>?
    var shown: CertificateFingerprint?
    var certificate: [UInt8]?
    /// One that was not admitted.
    var refused: CertificateFingerprint?
  }

  init(_ address: PeerAddress, rule: CertificateRule) {
    self.address = address
    self.rule = rule
  }

  /// The certificate that the peer showed; nil before the first connection, and without TLS.
  var shown: CertificateFingerprint? { state.withLock { $0.shown } }
  /// The certificate itself, DER.
  var certificate: [UInt8]? { state.withLock { $0.certificate } }

  func close() async {
    let channel = state.withLock { state in
      defer { state.channel = nil }
      return state.channel
    }
    try? await channel?.close()
  }

  struct Question: Sendable {
    var method: HTTPMethod
    var path: String
    var headers: HTTPHeaders
    var body: [UInt8]
    /// Bytes of the answer's body.
    var answerLimit: Int
    /// If a kept connection swallowed it, since the peer closed it just then, it is sent again.
    var mayRepeat: Bool
  }

  func send(_ question: Question) async throws -> PeerAnswer {
    let (isKept, first) = try await open()
    do {
      return try await ask(question, first)
    } catch AnswerFailure.closed(isBegun: false) where isKept && question.mayRepeat {
      return try await ask(question, open().link)
    }
  }

  private struct Link: Sendable {
    let channel: any Channel
    let collector: NIOLoopBound<AnswerCollector>
  }

  private func open() async throws -> (isKept: Bool, link: Link) {
    let kept = state.withLock { state -> Link? in
      guard let channel = state.channel, channel.isActive, let collector = state.collector else {
        return nil
      }
      return Link(channel: channel, collector: collector)
    }
    if let kept { return (true, kept) }
    let made = try await connect()
    state.withLock { ($0.channel, $0.collector) = (made.channel, made.collector) }
    return (false, made)
  }

  private func connect() async throws -> Link {
    let context = address.isSecure ? try PeerChannel.tls.get() : nil
    let made = Box<NIOLoopBound<AnswerCollector>>()
    do {
      let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connectTimeout(.seconds(SyncLimits.connectSeconds))
        .channelInitializer { [self] channel in
          channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let context { try pipeline.addHandler(tlsHandler(context)) }
            try pipeline.addHTTPClientHandlers()
            let collector = AnswerCollector()
            try pipeline.addHandler(collector)
            made.set(NIOLoopBound(collector, eventLoop: channel.eventLoop))
          }
        }
        .connect(host: address.host, port: address.port).get()
      guard let collector = made.value else { throw AnswerFailure.closed(isBegun: false) }
      return Link(channel: channel, collector: collector)
    } catch {
      throw failure(error)
    }
  }

  private func ask(_ question: Question, _ link: Link) async throws -> PeerAnswer {
    let body = question.body
    var head = HTTPRequestHead(
      version: .http1_1, method: question.method, uri: address.path + question.path)
    head.headers = question.headers
    head.headers.add(name: "Host", value: address.authority)
    if question.method != .GET {
      head.headers.add(name: "Content-Length", value: String(body.count))
    }
    let whole = head
    let answer = link.channel.eventLoop.flatSubmit {
      let promise = link.channel.eventLoop.makePromise(of: PeerAnswer.self)
      link.collector.value.expect(
        promise, sending: body.count, limit: question.answerLimit, on: link.channel)
      link.channel.write(HTTPClientRequestPart.head(whole), promise: nil)
      if !body.isEmpty {
        link.channel.write(
          HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: body))), promise: nil)
      }
      link.channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
      return promise.futureResult
    }
    do {
      return try await withTaskCancellationHandler {
        try await answer.get()
      } onCancel: {
        link.channel.close(promise: nil)
      }
    } catch {
      throw failure(error)
    }
  }

  /// A certificate that was not admitted ends the handshake with an error that does not say so.
  private func failure(_ error: any Error) -> any Error {
    if Task.isCancelled { return CancellationError() }
    guard let shown = state.withLock({ $0.refused }) else { return error }
    return SyncFailure.otherCertificate(url: address.text, shown: shown)
  }

  // MARK: TLS

  /// No authority is asked, and no name is compared: the rule looks at the certificate itself.
  private static let tls = Result<NIOSSLContext, any Error> {
    var configuration = TLSConfiguration.makeClientConfiguration()
    configuration.minimumTLSVersion = .tlsv13
    configuration.certificateVerification = .noHostnameVerification
    configuration.trustRoots = .certificates([])
    return try NIOSSLContext(configuration: configuration)
  }

  private func tlsHandler(_ context: NIOSSLContext) throws -> NIOSSLClientHandler {
    let check: NIOSSLCustomVerificationCallback = { [self] chain, verdict in
      verdict.succeed(admits(chain) ? .certificateVerified : .failed)
    }
    // Names are for proxies that serve several; an address is none.
    let isAddress = (try? SocketAddress(ipAddress: address.host, port: 0)) != nil
    return try NIOSSLClientHandler(
      context: context, serverHostname: isAddress ? nil : address.host,
      customVerificationCallback: check)
  }

  private func admits(_ chain: [NIOSSLCertificate]) -> Bool {
    guard let leaf = chain.first, let bytes = try? leaf.toDERBytes(),
      let shown = CertificateFingerprint(bytes: Array(SHA256.hash(data: bytes)))
    else { return false }
    return state.withLock { state in
      guard rule.admits(shown), state.shown == nil || state.shown == shown else {
        state.refused = shown
        return false
      }
      state.shown = shown
      state.certificate = bytes
      return true
    }
  }
}

/// A value that one thread sets and another reads.
private final class Box<Value: Sendable>: Sendable {
  private let stored = Mutex<Value?>(nil)

  var value: Value? { stored.withLock { $0 } }
  func set(_ value: Value) { stored.withLock { $0 = value } }
}
