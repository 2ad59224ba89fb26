import FieldbookModel
import FieldbookServing
import Hummingbird
import NIOCore

/// The door of all of git's addresses: who asks, and how a refusal is said.
enum GitAdmission {
  static func pass(
    _ request: Request, _ context: PeerContext, _ hosting: GitHosting,
    _ body: () async throws -> Response
  ) async throws -> Response {
    do {
      let shown = request.headers[.authorization]
      _ = try await Blocking.run { try hosting.admit(shown) }
      return try await body()
    } catch let refusal as GitHosting.Refusal {
      if let complaint = refusal.complaint {
        hosting.complaints.note(complaint, from: context.address)
      }
      var response = plain(refusal == .noToken ? .unauthorized : .forbidden, refusal.text)
      if refusal == .noToken {
        response.headers[.wwwAuthenticate] = "Basic realm=\"Fieldbook\""
      }
      return response
    } catch SyncRefusal.busy {
      return plain(.serviceUnavailable, SyncRefusal.busy.text)
    } catch let failure as any Failure {
      hosting.complaints.note(failure.message, from: context.address)
      return plain(.serviceUnavailable, failure.message)
    }
  }

  /// A line that git shows after `remote:`.
  static func plain(_ status: HTTPResponse.Status, _ text: String) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: .init(byteBuffer: ByteBuffer(string: text + "\n")))
  }
}
