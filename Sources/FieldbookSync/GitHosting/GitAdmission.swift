import FieldbookModel
import FieldbookServing
import FieldbookWorkspace
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
    } catch let refusal as Workspace.TokenRefusal {
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

extension Workspace.TokenRefusal {
  fileprivate var text: String {
    switch self {
    case .noToken:
      "this repository is for devices of its workspace: fieldbook remote git NAME says how to clone it"
    case .stale(let made, let now):
      "the token was made at \(Timestamp(milliseconds: made).rfc3339) by its device's clock, and here it is \(Timestamp(milliseconds: now).rfc3339): one lasts twelve hours"
    case .notEnrolled:
      "the device that made this token is not enrolled, or this server has not heard of it yet: it will when it syncs with the hub, or with who let the device in"
    case .revoked: "the device that made this token was revoked"
    }
  }

  /// What whoever serves is told; nil for a client's first try, which shows nothing.
  fileprivate var complaint: String? {
    switch self {
    case .noToken: nil
    case .stale: "a git client with a token that is too old"
    case .notEnrolled: "a git client of a device that is not enrolled, as far as is known here"
    case .revoked: "a git client of a device that was revoked"
    }
  }
}
