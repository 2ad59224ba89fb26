import Foundation
import Synchronization

/// On a terminal Ctrl-C reaches the child by itself; what is sent to us alone is passed on.
struct SignalForwarding {
  static let numbers = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  private let relay: SignalRelay
  private let sources: [any DispatchSourceSignal]

  /// From here on no signal of these ends us, and each reaches the child, also one that comes before it is started.
  static func start() async -> SignalForwarding {
    Spawn.rememberSignals()
    // A reader of our output that went away must not end the recording.
    signal(SIGPIPE, SIG_IGN)
    let relay = SignalRelay()
    var sources: [any DispatchSourceSignal] = []
    for number in numbers {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { relay.pass(number) }
      await withCheckedContinuation { continuation in
        source.setRegistrationHandler { continuation.resume() }
        source.resume()
      }
      sources.append(source)
    }
    return SignalForwarding(relay: relay, sources: sources)
  }

  func begin(to child: pid_t) { relay.begin(to: child) }

  /// The signals stay ignored: what remains to be recorded is short, and is not left half done.
  func stop() {
    relay.end()
    for source in sources { source.cancel() }
  }
}

/// Where signals go: what came before there was a child waits for it.
private final class SignalRelay: Sendable {
  private let state = Mutex<(child: pid_t?, early: [Int32])>((nil, []))

  func begin(to child: pid_t) {
    state.withLock { state in
      state.child = child
      for number in state.early { kill(child, number) }
    }
  }

  func end() { state.withLock { $0.child = nil } }

  func pass(_ number: Int32) {
    let isFromTerminal = (number == SIGINT || number == SIGQUIT) && isatty(STDIN_FILENO) == 1
    if isFromTerminal { return }
    state.withLock { state in
      if let child = state.child { kill(child, number) } else { state.early.append(number) }
    }
  }
}
