import FieldbookReplication
import NIOCore
import NIOHTTP1

/// A whole answer of a peer.
struct PeerAnswer: Sendable {
  var status: UInt
  var headers: HTTPHeaders
  var body: [UInt8]
}

/// Why an answer did not come whole.
enum AnswerFailure: Error, Equatable {
  /// `isBegun`: a part of it had come.
  case closed(isBegun: Bool)
  case tooLarge
  case tooSlow
}

/// Gathers the answer to one request at a time; bounded in bytes, and in time by them.
final class AnswerCollector: ChannelInboundHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPClientResponsePart

  private var waiting: EventLoopPromise<PeerAnswer>?
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []
  private var limit = 0
  private var asked = NIODeadline.now()
  private var askedBytes = 0
  private var clock: Scheduled<Void>?

  /// - Parameters:
  ///   - bytes: of the request, which take their time, too.
  ///   - limit: bytes of the answer's body.
  func expect(
    _ promise: EventLoopPromise<PeerAnswer>, sending bytes: Int, limit: Int,
    on channel: any Channel
  ) {
    guard waiting == nil, channel.isActive else {
      return promise.fail(AnswerFailure.closed(isBegun: false))
    }
    (waiting, head, body) = (promise, nil, [])
    (asked, askedBytes, self.limit) = (.now(), bytes, limit)
    watch(channel)
  }

  private func watch(_ channel: any Channel) {
    let paced = Double(askedBytes + body.count) / SyncLimits.bytesPerSecond
    let deadline = asked + .seconds(SyncLimits.answerSeconds) + .milliseconds(Int64(paced * 1000))
    let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
    clock = channel.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      let collector = bound.value
      guard collector.waiting != nil else { return }
      let paced = Double(collector.askedBytes + collector.body.count) / SyncLimits.bytesPerSecond
      let allowed =
        TimeAmount.seconds(SyncLimits.answerSeconds) + .milliseconds(Int64(paced * 1000))
      if NIODeadline.now() < collector.asked + allowed { return collector.watch(channel) }
      collector.finish(.failure(AnswerFailure.tooSlow))
      channel.close(promise: nil)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body(let bytes):
      guard body.count + bytes.readableBytes <= limit else {
        finish(.failure(AnswerFailure.tooLarge))
        return context.close(promise: nil)
      }
      body.append(contentsOf: bytes.readableBytesView)
    case .end:
      guard let head, waiting != nil else { return context.close(promise: nil) }
      finish(
        .success(PeerAnswer(status: head.status.code, headers: head.headers, body: body)))
      if !head.isKeepAlive { context.close(promise: nil) }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    finish(.failure(AnswerFailure.closed(isBegun: head != nil)))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(.failure(error))
    context.close(promise: nil)
  }

  private func finish(_ result: Result<PeerAnswer, any Error>) {
    clock?.cancel()
    clock = nil
    let promise = waiting
    (waiting, head, body) = (nil, nil, [])
    promise?.completeWith(result)
  }
}
