import FieldbookMLflow
import FieldbookModel
import FieldbookServing
import FieldbookSync
import FieldbookWeb
import FieldbookWorkspace
import Foundation
import Logging
import ServiceLifecycle

/// A server of this replica, in the foreground or for the length of one command.
enum Serving {
  /// Serves until SIGTERM or SIGINT; requests under way are finished before this returns.
  ///
  /// MLflow's endpoints are for whom `access` says; enrolled peers prove themselves in any case.
  static func untilSignalled(
    _ workspace: Workspace, on listener: Listener, access: TrackingServer.Access, sharing: Bool,
    page: PageAccess = .device, log: BoundedLog? = nil, uploads: PackUploads,
    onReady: @escaping @Sendable (Int) async -> Void
  ) async throws {
    FileLimit.raise()
    let page = pageRoutes(workspace, page)
    let server = TrackingServer(
      workspace: workspace, listener: listener, access: access,
      additions: (sharing ? [peerRoutes(workspace, listener)] : []) + page.open,
      guardedAdditions: page.guarded)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(
            service: Foreground(server: server, onReady: onReady),
            successTerminationBehavior: .gracefullyShutdownGroup),
          .init(service: Barriers(workspace: workspace)),
          .init(service: uploads),
        ] + (log.map { [.init(service: LogTurns(log: $0))] } ?? []),
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: Logger(label: "fieldbook") { _ in SwiftLogNoOpLogHandler() }))
    try await group.run()
  }

  /// Returns when connections are accepted: the port, and what stops it.
  static func start(_ workspace: Workspace, token: String, adopting run: RunID) async throws -> (
    port: Int, stop: @Sendable () async -> Void
  ) {
    let server = TrackingServer(workspace: workspace, access: .token(token), adopting: run)
    let (ports, found) = AsyncThrowingStream.makeStream(of: Int.self)
    let task = Task {
      do {
        try await server.run { found.yield($0) }
        found.finish()
      } catch {
        found.finish(throwing: error)
      }
    }
    let barriers = Task { try await Barriers(workspace: workspace).run() }
    for try await port in ports {
      return (
        port,
        {
          task.cancel()
          barriers.cancel()
          await task.value
        }
      )
    }
    barriers.cancel()
    throw ListeningFailure.cannotListen(
      host: server.listener.host, port: server.listener.port, reason: "it ended before it began")
  }

  /// Behind the port's token, or, where browsers sign in, before it.
  private static func pageRoutes(_ workspace: Workspace, _ access: PageAccess) -> (
    open: [TrackingServer.RouteAddition], guarded: [TrackingServer.GuardedAddition]
  ) {
    let program = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let page = PageRoutes(
      workspace: workspace, version: Fieldbook.configuration.version,
      files: program.flatMap(PageFolder.beside), access: access)
    switch access {
    case .device: return ([], [{ page.add(to: $0) }])
    case .signIn: return ([{ page.add(to: $0.group()) }], [])
    }
  }

  private static func peerRoutes(_ workspace: Workspace, _ listener: Listener)
    -> TrackingServer.RouteAddition
  {
    let routes = SyncRoutes(
      SyncServer(
        workspace: workspace, certificate: listener.identity?.fingerprint,
        complaints: listener.complaints, keepsLog: true))
    let git = GitRoutes(
      GitHosting(
        workspace: workspace, complaints: listener.complaints,
        isSecure: listener.identity != nil, program: GitBackend()))
    return { router in
      routes.add(to: router)
      git.add(to: router)
    }
  }
}

private struct Foreground: Service {
  let server: TrackingServer
  let onReady: @Sendable (Int) async -> Void

  func run() async throws { try await server.run(onReady: onReady) }
}

/// The log of a server without a terminal begins anew when it is long.
private struct LogTurns: Service {
  let log: BoundedLog

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        log.turn(moving: [STDOUT_FILENO, STDERR_FILENO])
        try? await Task.sleep(for: .seconds(5))
      }
    }
  }
}

/// What scripts log survives a power cut after 200 ms at most.
private struct Barriers: Service {
  let workspace: Workspace

  func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        try? await Task.sleep(for: .milliseconds(200))
        try? workspace.barrier()
      }
    }
  }
}
