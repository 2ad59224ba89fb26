import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
import HTTPTypes
import Hummingbird
import NIOCore
import NIOPosix

/// A replica's repository over HTTP, for git: `git clone http://…/repository.git`.
package struct GitRoutes: Sendable {
  private let hosting: GitHosting
  private let turnstile = Turnstile(
    places: GitHosting.conversations, queue: GitHosting.conversationsWaiting)

  package init(_ hosting: GitHosting) { self.hosting = hosting }

  package func add(to router: Router<PeerContext>) {
    let group = router.group(RouterPath(GitHosting.path))
    group.get("info/refs") { request, context in
      try await GitAdmission.pass(request, context, hosting) {
        guard request.uri.queryParameters["service"] == "git-upload-pack" else {
          return GitAdmission.plain(.forbidden, "this repository is read only, by git's protocol")
        }
        return try await converse(.references, request, [])
      }
    }
    group.post("git-upload-pack") { request, context in
      try await GitAdmission.pass(request, context, hosting) {
        let body: ByteBuffer
        do {
          body = try await request.body.collect(upTo: GitHosting.questionBytes)
        } catch is NIOTooManyBytesError {
          return GitAdmission.plain(.contentTooLarge, "the question is too long")
        }
        return try await converse(.pack, request, Array(body.readableBytesView))
      }
    }
    group.post("git-receive-pack") { request, context in
      try await GitAdmission.pass(request, context, hosting) {
        GitAdmission.plain(
          .forbidden, "this repository is read only: fieldbook sync pushes what runs record")
      }
    }
    LargeFileRoutes(hosting).add(to: group)
  }

  /// A conversation holds its place until its answer is sent, or nobody wants it any more.
  private func converse(_ question: GitHosting.Question, _ request: Request, _ body: [UInt8])
    async throws -> Response
  {
    let place = try await turnstile.enter()
    let (version, encoding) = (request.headers[.gitProtocol], request.headers[.contentEncoding])
    let conversation = try await GitRoutes.waiting {
      let asked = ReferenceQuestion(body, encoding: encoding)
      if question == .references { try hosting.prepare() }
      if GitHosting.isSecond(version) { try hosting.prepare(asked) }
      return try hosting.program.start(
        hosting.variables(
          question, version: version, encoding: encoding, body: body, asked: asked))
    }
    // It may answer before it has read everything.
    async let writing: Void = GitRoutes.waiting {
      _ = conversation.write(body)
      conversation.endWriting()
    }
    let head = try await GitRoutes.waiting { GitRoutes.head(conversation) }
    try await writing
    guard let head else {
      hosting.complaints.note("git did not answer", from: .init(nil))
      return GitAdmission.plain(.internalServerError, "git did not answer")
    }
    var response = Response(status: .init(code: head.status))
    for name in ["content-type", "cache-control", "expires", "pragma"] {
      guard let value = head.fields[name], let field = HTTPField.Name(name) else { continue }
      response.headers[field] = value
    }
    response.body = ResponseBody { [place] writer in
      defer { place.leave() }
      if !head.rest.isEmpty { try await writer.write(ByteBuffer(bytes: head.rest)) }
      while true {
        let piece = try await GitRoutes.waiting { conversation.read() }
        guard !piece.isEmpty else { break }
        try await writer.write(ByteBuffer(bytes: piece))
      }
      try await writer.finish(nil)
    }
    return response
  }

  /// Git thinks for seconds before it says anything: whoever waits for it keeps nobody else waiting.
  private static let pool: NIOThreadPool = {
    let pool = NIOThreadPool(numberOfThreads: 2 * GitHosting.conversations)
    pool.start()
    return pool
  }()

  private static func waiting<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value)
    async throws -> Value
  {
    try await pool.runIfActive(body)
  }

  private static func head(_ conversation: any GitConversation) -> CommonGatewayAnswer? {
    var bytes: [UInt8] = []
    while bytes.count < CommonGatewayAnswer.headMax {
      let piece = conversation.read()
      guard !piece.isEmpty else { return nil }
      bytes += piece
      if let head = CommonGatewayAnswer(bytes) { return head }
    }
    return nil
  }
}

extension HTTPField.Name {
  fileprivate static let gitProtocol = HTTPField.Name("Git-Protocol")!
}
