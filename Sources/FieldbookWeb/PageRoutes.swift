import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// The page and what it asks: `/` is the page, `/page/…` its files (`PageFiles`), `/page/api/…` what it shows and changes.
package struct PageRoutes: Sendable {
  private let looking: PageLooking
  private let artifacts: PageArtifacts
  private let log: PageLog
  private let events: PageEvents
  private let files: PageFiles
  /// Nil where nobody signs in.
  private let sessions: PageSessions?

  /// - Parameters:
  ///   - version: of the program.
  ///   - files: nil if this program has no page with it.
  package init(
    workspace: Workspace, version: String, files: PageFolder?, access: PageAccess = .device
  ) {
    artifacts = PageArtifacts(workspace: workspace)
    log = PageLog(workspace: workspace)
    events = PageEvents(workspace: workspace)
    self.files = PageFiles(files)
    switch access {
    case .device: sessions = nil
    case .signIn(let isSecure): sessions = PageSessions(workspace: workspace, isSecure: isSecure)
    }
    looking = PageLooking(workspace: workspace, version: version, isOfHub: sessions != nil)
  }

  package func add(to port: RouterGroup<PeerContext>) {
    let routes = port.group().add(middleware: PageGuard())
    files.add(to: routes)
    if let sessions {
      addSigning(to: routes.group("/page/api"), sessions)
      let admitted = routes.group().add(middleware: PageAdmission(sessions: sessions))
      admitted.get("/page/events") { request, _ in
        let shown = request.headers[.cookie]
        return try events.stream { (try? sessions.viewer(shown)) != nil }
      }
      admitted.get("/page/api/status") { request, _ in
        let shown = request.headers[.cookie]
        return try await tell { try $0.status(viewer: sessions.viewer(shown)) }
      }
      addLooking(to: admitted.group("/page/api"))
    } else {
      routes.get("/page/events") { _, _ in try events.stream { true } }
      routes.get("/page/api/status") { _, _ in try await tell { try $0.status(viewer: nil) } }
      addLooking(to: routes.group("/page/api"))
      addChanging(to: routes.group("/page/api"))
    }
  }

  private func addSigning(to routes: RouterGroup<PeerContext>, _ sessions: PageSessions) {
    routes.post("sign-in") { request, _ in
      let question = try await PageRoutes.question(request)
      let field = try await Blocking.run { try sessions.signIn(question.required("token")) }
      var response = PageHeaders.json([:])
      response.headers[.setCookie] = field
      return response
    }
    routes.post("sign-out") { request, _ in
      var response = PageHeaders.json([:])
      response.headers[.setCookie] = sessions.signOut(request.headers[.cookie])
      return response
    }
    // Whatever it was to be: there is nothing here that changes anything.
    for word in PageWord.changing {
      routes.post(RouterPath(word.rawValue)) { _, _ -> Response in
        throw PageFailure(
          .forbidden, PageLooking.hubChangesNothing, hint: PageLooking.hubChangesNothingHint)
      }
    }
  }

  private func addLooking(to routes: RouterGroup<PeerContext>) {
    let looks: [(RouterPath, @Sendable (PageLooking) throws -> JSON)] = [
      ("experiments", { try $0.experiments() }),
      ("columns", { try $0.columns() }), ("models", { try $0.models() }),
      ("conflicts", { try $0.conflicts() }), ("sync", { try $0.sync() }),
      ("views", { try $0.views() }),
    ]
    for (path, answer) in looks { routes.get(path) { _, _ in try await tell(answer) } }
    routes.get("runs/{run}") { _, context in
      let run = try PageRoutes.run(context)
      return try await tell { try $0.run(run) }
    }
    routes.get("runs/{run}/history") { _, context in
      let run = try PageRoutes.run(context)
      return try await tell { try $0.history(run) }
    }
    routes.get("runs/{run}/artifacts/**") { request, context in
      try await artifacts.send(PageRoutes.run(context), PageRoutes.path(context), request)
    }
    routes.get("runs/{run}/log") { request, context in
      try await log.send(PageRoutes.run(context), request)
    }
    routes.get("runs/{run}/code") { _, context in
      let run = try PageRoutes.run(context)
      return try await tell { try $0.code(run) }
    }
    routes.get("runs/{run}/code/**") { request, context in
      let (run, path) = (try PageRoutes.run(context), try PageRoutes.path(context))
      let bytes = try await Blocking.run { try looking.snapshotFile(run, path) }
      return PageMedia(path, request).whole(bytes)
    }
    routes.get("runs/{run}/audit") { _, context in
      let run = try PageRoutes.run(context)
      return try await tell { try $0.audit(run) }
    }
    routes.get("models/{name}") { _, context in
      let name = try PageRoutes.text(context.parameters.get("name") ?? "")
      return try await tell { try $0.model(name) }
    }
    routes.get("conflicts/{id}") { _, context in
      let id = context.parameters.get("id") ?? ""
      return try await tell { try $0.conflict(id) }
    }
    add(PageWord.looking, to: routes)
  }

  private func addChanging(to routes: RouterGroup<PeerContext>) {
    add(PageWord.changing, to: routes)
  }

  private func add(_ words: [PageWord], to routes: RouterGroup<PeerContext>) {
    for word in words {
      routes.post(RouterPath(word.rawValue)) { request, context in
        let subject = context.parameters.get("run") ?? context.parameters.get("id") ?? ""
        let question = try await PageRoutes.question(request)
        return try await tell { try $0.answer(word, subject, question) }
      }
    }
  }

  private func tell(_ answer: @escaping @Sendable (PageLooking) throws -> JSON) async throws
    -> Response
  {
    PageHeaders.json(try await Blocking.run { try answer(looking) })
  }

  private static func run(_ context: PeerContext) throws -> RunID {
    try PageQuestion.run(context.parameters.get("run"))
  }

  /// What stands behind the last part of a route that takes all.
  private static func path(_ context: PeerContext) throws -> String {
    try text(context.parameters.getCatchAll().joined(separator: "/"))
  }

  private static func text(_ coded: String) throws -> String {
    guard let text = coded.removingPercentEncoding else {
      throw PageFailure(.badRequest, "'\(coded)' is no percent-coded name")
    }
    return text
  }

  private static func question(_ request: Request) async throws -> PageQuestion {
    guard request.headers[.contentType]?.hasPrefix("application/json") == true else {
      throw PageFailure(.unsupportedMediaType, "the request has to be JSON")
    }
    do {
      let body = try await request.body.collect(upTo: PageQuestion.bytesMax)
      return try PageQuestion(Array(body.readableBytesView))
    } catch is NIOTooManyBytesError {
      throw PageFailure(
        .contentTooLarge, "the request is longer than \(PageQuestion.bytesMax) bytes")
    }
  }
}
