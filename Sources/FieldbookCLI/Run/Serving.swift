import ArgumentParser
import Dispatch
import FieldbookMLflow
import FieldbookModel
import FieldbookSync
import FieldbookWorkspace
import Foundation

struct Listening: ParsableArguments {
  @Option(name: .long, help: .init("A loopback address.", valueName: "host"))
  var host = "127.0.0.1"

  @Option(name: .long, help: .init("0 picks a free one.", valueName: "port"))
  var port = 0

  func validate() throws {
    guard (0...65535).contains(port) else { throw ValidationError("a port is between 0 and 65535") }
  }
}

/// Serves until SIGTERM or Ctrl-C.
enum Serving {
  static func run(
    _ workspace: Workspace, _ listening: Listening, sharing: Bool, _ console: Console
  ) async throws {
    guard ["127.0.0.1", "localhost", "::1"].contains(listening.host) else {
      throw SyncFailure.notLoopback(listening.host)
    }
    var additions: [TrackingServer.RouteAddition] = []
    if sharing {
      let routes = SyncRoutes(SyncServer(workspace: workspace))
      additions.append { routes.add(to: $0) }
    }
    let server = TrackingServer(
      workspace: workspace, host: listening.host, port: listening.port, additions: additions)
    let barriers = Task {
      // What scripts logged is safe from a power cut after 200 ms at most.
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(200))
        try? workspace.barrier()
      }
    }
    let serving = Task {
      try await server.run { port in
        console.out.write("listening on http://\(server.host):\(port)\n")
      }
    }
    let sources = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { serving.cancel() }
      source.resume()
      return source
    }
    defer {
      sources.forEach { $0.cancel() }
      barriers.cancel()
    }
    do {
      try await serving.value
    } catch is CancellationError {}
  }
}
