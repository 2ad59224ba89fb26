import FieldbookDocuments
import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Hummingbird
import NIOCore
import Synchronization

/// Tells open pages that something has changed, as server-sent events. (WHATWG HTML, 9.2)
///
/// A page that is told looks again at what it shows. Of what has changed it is said whether that is anything recorded, contacts with others, or
/// contents that are here.
final class PageEvents: Sendable {
  let workspace: Workspace
  private let open = Mutex(0)

  /// Streams at a time; a browser opens one for each tab that is seen.
  static let most = 64
  private static let pause = Duration.milliseconds(500)
  /// Pauses after which a comment keeps the connection alive.
  private static let silence = 30

  init(workspace: Workspace) { self.workspace = workspace }

  /// - Parameter isWelcome: asked before each word; the stream ends when it is not so any more.
  func stream(_ isWelcome: @escaping @Sendable () -> Bool) throws -> Response {
    let hasRoom = open.withLock { count in
      if count >= PageEvents.most { return false }
      count += 1
      return true
    }
    guard hasRoom else {
      throw PageFailure(.serviceUnavailable, "too many pages listen already")
    }
    let ticket = Ticket { self.open.withLock { $0 -= 1 } }
    return Response(
      status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
      body: ResponseBody { [workspace] writer in
        defer { ticket.end() }
        var known: Pulse?
        var quiet = 0
        try await writer.write(ByteBuffer(string: "retry: 2000\n\n"))
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
          // A moment at which it cannot be read is passed over.
          let now = try? await Blocking.run { try workspace.pulse() }
          if now != known, try await !Blocking.run({ isWelcome() }) { break }
          if let now, now != known {
            known = now
            quiet = 0
            let told = try await Blocking.run { try PageEvents.told(now, workspace) }
            try await writer.write(ByteBuffer(string: "event: change\ndata: \(told)\n\n"))
          } else {
            quiet += 1
            if quiet % PageEvents.silence == 0 {
              try await writer.write(ByteBuffer(string: ": still here\n\n"))
            }
          }
          try? await Task.sleep(for: PageEvents.pause)
        }
        try await writer.finish(nil)
      })
  }

  private static func told(_ pulse: Pulse, _ workspace: Workspace) throws -> String {
    let counts = try workspace.store.inspect { try $0.conflictCounts() }
    let told: JSON = [
      "moment": .string(pulse.records), "contacts": .string(pulse.contacts),
      "contents": .string(pulse.contents),
      "conflicts": ["total": .count(counts.total), "blocking": .count(counts.blocking)],
    ]
    return told.text(isIndented: false)
  }

  /// Given back once, also if the answer is never sent.
  private final class Ticket: Sendable {
    private let isOpen = Mutex(true)
    private let give: @Sendable () -> Void

    init(_ give: @escaping @Sendable () -> Void) { self.give = give }
    deinit { end() }

    func end() {
      let isFirst = isOpen.withLock { open in
        defer { open = false }
        return open
      }
      if isFirst { give() }
    }
  }
}
