import NIOCore
import NIOHTTPTypes

/// Keeps one connection within its bounds: has it admitted, and closes it when a message dribbles.
///
/// What comes before a whole head is bounded by the server's own clock for idle connections.
final class ConnectionKeeper: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private let ledger: ConnectionLedger
  private let bounds: ListeningBounds
  private let complaints: Complaints
  private var address = NetworkAddress(nil)
  private var coming: Pace?
  private var going: Pace?
  private var writing = 0
  private var clock: RepeatedTask?

  init(ledger: ConnectionLedger, bounds: ListeningBounds, complaints: Complaints) {
    self.ledger = ledger
    self.bounds = bounds
    self.complaints = complaints
  }

  // MARK: The connection

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { begin(context) }
  }

  func channelActive(context: ChannelHandlerContext) {
    begin(context)
    context.fireChannelActive()
  }

  private func begin(_ context: ChannelHandlerContext) {
    guard clock == nil else { return }
    address = NetworkAddress(context.remoteAddress)
    switch ledger.admit(context.channel, from: address) {
    case .welcome: break
    case .instead: complaints.note("too many connections; the idlest was closed", from: address)
    case .refused:
      complaints.note("too many connections; a new one was refused", from: address)
      return context.close(promise: nil)
    }
    let ticks = TimeAmount.milliseconds(Int64(max(10, min(5000, bounds.graceSeconds * 250))))
    let bound = NIOLoopBound((keeper: self, context: context), eventLoop: context.eventLoop)
    clock = context.eventLoop.scheduleRepeatedTask(initialDelay: ticks, delay: ticks) { _ in
      bound.value.keeper.look(bound.value.context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    end(context)
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) { end(context) }

  private func end(_ context: ChannelHandlerContext) {
    clock?.cancel()
    clock = nil
    ledger.forget(context.channel)
  }

  private func look(_ context: ChannelHandlerContext) {
    let now = ConnectionKeeper.now()
    if coming?.isTooSlow(now: now) == true {
      complaints.note("a request that dribbled in was cut off", from: address)
    } else if going?.isTooSlow(now: now) == true {
      complaints.note("an answer that was not fetched was cut off", from: address)
    } else {
      return
    }
    context.close(promise: nil)
  }

  // MARK: Requests

  func read(context: ChannelHandlerContext) {
    coming?.wait(now: ConnectionKeeper.now())
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head: coming = Pace(bounds)
    case .body(let bytes): coming?.move(bytes.readableBytes, now: ConnectionKeeper.now())
    case .end:
      coming = nil
      ledger.note(context.channel, isAnswered: true)
    }
    context.fireChannelRead(data)
  }

  // MARK: Answers

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let part = unwrapOutboundIn(data)
    if case .head = part { going = Pace(bounds) }
    let size = if case .body(let bytes) = part { bytes.readableBytes } else { 0 }
    let isLast = if case .end = part { true } else { false }
    going?.wait(now: ConnectionKeeper.now())
    // What is on its way has the time that its size takes.
    going?.allow(size)
    writing += 1
    let written = promise ?? context.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound((keeper: self, channel: context.channel), eventLoop: context.eventLoop)
    written.futureResult.whenComplete { _ in
      bound.value.keeper.wrote(size, isLast: isLast, bound.value.channel)
    }
    context.write(data, promise: written)
  }

  private func wrote(_ size: Int, isLast: Bool, _ channel: any Channel) {
    writing -= 1
    going?.move(0, now: ConnectionKeeper.now())
    if writing > 0 { going?.wait(now: ConnectionKeeper.now()) }
    guard isLast else { return }
    going = nil
    ledger.note(channel, isAnswered: false)
  }

  private static func now() -> Double {
    Double(NIODeadline.now().uptimeNanoseconds) / 1e9
  }
}
