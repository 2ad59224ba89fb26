import FieldbookModel
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A storage of the tests' own on loopback, for what a well-behaved one does not do.
final class FaultyObjectServer: Sendable {
  enum Fault: Sendable {
    case status(Int, String, headers: [String: String] = [:])
    /// The connection ends in the middle of the body.
    case cut
    /// The connection ends before an answer.
    case silence
    /// A bit of the body is another.
    case flipped
    /// What was put is there, and the answer is a failure.
    case lostAnswer
  }

  private struct State {
    var objects: [String: [UInt8]] = [:]
    /// For the next requests, one each; nil: answer as one should.
    var faults: [Fault?] = []
    var always: Fault?
    var requests: [String] = []
    var headers: [HTTPHeaders] = []
  }

  private let state = Mutex(State())
  private let channel: any Channel

  init() throws {
    let box = NIOLockedBox()
    let bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(Handler(box))
        }
      }
    channel = try bootstrap.bind(host: "127.0.0.1", port: 0).wait()
    box.set(self)
  }

  func stop() { try? channel.close().wait() }

  var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
  var objects: [String: [UInt8]] {
    get { state.withLock { $0.objects } }
    set { state.withLock { $0.objects = newValue } }
  }
  func fail(_ faults: Fault?...) { state.withLock { $0.faults = faults } }
  func failAlways(_ fault: Fault?) { state.withLock { $0.always = fault } }
  func takeRequests() -> [String] {
    state.withLock { state in
      defer { (state.requests, state.headers) = ([], []) }
      return state.requests
    }
  }
  var lastHeaders: HTTPHeaders { state.withLock { $0.headers.last ?? [:] } }

  fileprivate struct Answer {
    var status: HTTPResponseStatus
    var headers: HTTPHeaders = [:]
    var body: [UInt8] = []
    var isCut = false
    var isSilent = false
  }

  fileprivate func answer(_ head: HTTPRequestHead, _ body: [UInt8]) -> Answer {
    state.withLock { state in
      state.requests.append("\(head.method.rawValue) \(head.uri)")
      state.headers.append(head.headers)
      let fault = state.faults.isEmpty ? state.always : state.faults.removeFirst()
      switch fault {
      case .status(let code, let text, let headers)?:
        return Answer(
          status: .init(statusCode: code),
          headers: HTTPHeaders(headers.map { ($0.key, $0.value) }), body: Array(text.utf8))
      case .silence?: return Answer(status: .ok, isSilent: true)
      default: break
      }
      var answer = FaultyObjectServer.answer(head, body, &state)
      switch fault {
      case .cut?: answer.isCut = true
      case .flipped?:
        if !answer.body.isEmpty { answer.body[answer.body.count / 2] ^= 1 }
      case .lostAnswer?: answer = Answer(status: .internalServerError)
      default: break
      }
      return answer
    }
  }

  private static func answer(_ head: HTTPRequestHead, _ body: [UInt8], _ state: inout State)
    -> Answer
  {
    let parts = head.uri.split(separator: "?", maxSplits: 1)
    let path = String(parts[0]).removingPercentEncoding ?? ""
    let query = parts.count > 1 ? String(parts[1]) : ""
    if query.contains("list-type=2") { return list(query, state) }
    switch head.method {
    case .PUT:
      state.objects[path] = body
      return Answer(status: .ok)
    case .DELETE:
      state.objects[path] = nil
      return Answer(status: .noContent)
    case .HEAD:
      guard let bytes = state.objects[path] else { return Answer(status: .notFound) }
      return Answer(status: .ok, headers: ["Content-Length": String(bytes.count)])
    default:
      guard let bytes = state.objects[path] else {
        return Answer(status: .notFound, body: Array("<Error><Code>NoSuchKey</Code></Error>".utf8))
      }
      guard let range = head.headers.first(name: "range") else {
        return Answer(status: .ok, body: bytes)
      }
      let ends = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int($0) }
      guard ends.count == 2, ends[0] < bytes.count else {
        return Answer(
          status: .rangeNotSatisfiable, body: Array("<Error><Code>InvalidRange</Code></Error>".utf8)
        )
      }
      return Answer(
        status: .partialContent, body: Array(bytes[ends[0]...min(ends[1], bytes.count - 1)]))
    }
  }

  /// Two a page.
  private static func list(_ query: String, _ state: State) -> Answer {
    let words = Dictionary(
      query.split(separator: "&").map { word in
        let pair = word.split(separator: "=", maxSplits: 1).map {
          String($0).removingPercentEncoding ?? ""
        }
        return (pair[0], pair.count > 1 ? pair[1] : "")
      }, uniquingKeysWith: { $1 })
    let keys = state.objects.keys.map { String($0.dropFirst("/models/".count)) }
      .filter { $0.hasPrefix(words["prefix"] ?? "") && $0 > (words["continuation-token"] ?? "") }
      .sorted()
    let page = keys.prefix(2)
    let entries = page.map {
      "<Contents><Key>\($0)</Key><Size>\(state.objects["/models/" + $0]?.count ?? 0)</Size></Contents>"
    }.joined()
    let next =
      keys.count > 2
      ? "<IsTruncated>true</IsTruncated><NextContinuationToken>\(page.last ?? "")</NextContinuationToken>"
      : ""
    return Answer(
      status: .ok,
      body: Array("<ListBucketResult>\(next)\(entries)</ListBucketResult>".utf8))
  }

  final class NIOLockedBox: Sendable {
    private let state = Mutex<FaultyObjectServer?>(nil)
    func set(_ server: FaultyObjectServer) { state.withLock { $0 = server } }
    var value: FaultyObjectServer? { state.withLock { $0 } }
  }

  private final class Handler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let box: NIOLockedBox
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ box: NIOLockedBox) { self.box = box }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      switch unwrapInboundIn(data) {
      case .head(let head): (self.head, body) = (head, [])
      case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
      case .end:
        guard let head, let server = box.value else { return context.close(promise: nil) }
        let answer = server.answer(head, body)
        if answer.isSilent { return context.close(promise: nil) }
        var headers = answer.headers
        if headers["Content-Length"].isEmpty {
          headers.add(name: "Content-Length", value: String(answer.body.count))
        }
        context.write(
          wrapOutboundOut(.head(.init(version: .http1_1, status: answer.status, headers: headers))),
          promise: nil)
        let sent = answer.isCut ? Array(answer.body.prefix(answer.body.count / 2)) : answer.body
        if head.method != .HEAD {
          context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: sent)))), promise: nil)
        }
        if answer.isCut {
          context.flush()
          return context.close(promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
      }
    }
  }
}
