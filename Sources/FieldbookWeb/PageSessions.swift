import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace
import HTTPTypes
import Synchronization

/// Browsers that look at a hub's page. Each is let in by a device's word (`DeviceToken`), and for as long as that device belongs to the
/// workspace; twelve hours at most, and not beyond the end of this program.
final class PageSessions: Sendable {
  struct Viewer: Equatable {
    let device: DeviceKey
    let role: Role
    /// By this machine's clock, milliseconds since 1970.
    let until: Int64
  }

  static let lifeMilliseconds: Int64 = 12 * 3_600_000
  static let most = 256
  /// Of links that were used.
  private static let spentMost = 4096
  private static let headerMax = 8192

  private let workspace: Workspace
  private let isSecure: Bool
  /// Links from before may have been used before, and nobody remembers.
  private let began: Int64
  private let cookie: String
  private let state = Mutex(State())

  private struct State {
    var open: [String: (device: DeviceKey, until: Int64)] = [:]
    /// Until when each would have been taken.
    var spent: [String: Int64] = [:]

    mutating func forget(_ now: Int64) {
      open = open.filter { $0.value.until > now }
      spent = spent.filter { $0.value > now }
    }
  }

  /// - Parameter isSecure: behind TLS.
  init(workspace: Workspace, isSecure: Bool) {
    self.workspace = workspace
    self.isSecure = isSecure
    began = workspace.environment.now()
    // Cookies of one machine know no ports.
    cookie = "fieldbook-" + workspace.deviceKey.id
  }

  // MARK: Coming and going

  /// What the browser is to keep, as the field `Set-Cookie`. (RFC 6265)
  ///
  /// - Throws: `PageFailure`.
  func signIn(_ text: String) throws -> String {
    let token = DeviceToken(Array(text.utf8))
    do { _ = try workspace.admit(token, for: .page) } catch let refusal as Workspace.TokenRefusal {
      throw PageFailure(refusal)
    }
    guard let token else { throw PageFailure(Workspace.TokenRefusal.noToken) }
    guard token.made >= began else {
      throw PageFailure(
        .unauthorized,
        "this link was made before the hub was started, or by a clock that is behind",
        hint: "make another: fieldbook page REMOTE")
    }
    let now = workspace.environment.now()
    let until = now + PageSessions.lifeMilliseconds
    let secret = Hex.encode(workspace.environment.random(32))
    try state.withLock { state in
      state.forget(now)
      guard state.spent[token.text] == nil else {
        throw PageFailure(
          .unauthorized, "this link was used already: it works once",
          hint: "make another: fieldbook page REMOTE")
      }
      guard state.open.count < PageSessions.most, state.spent.count < PageSessions.spentMost else {
        throw PageFailure(.serviceUnavailable, "too many browsers are signed in already")
      }
      state.spent[token.text] = token.made + DeviceToken.Purpose.page.lifeMilliseconds
      state.open[secret] = (token.device, until)
    }
    return field(secret, seconds: PageSessions.lifeMilliseconds / 1000)
  }

  /// Also for a browser that was not signed in.
  func signOut(_ header: String?) -> String {
    if let secret = secret(in: header) {
      _ = state.withLock { $0.open.removeValue(forKey: secret) }
    }
    return field("", seconds: 0)
  }

  /// Who looks.
  ///
  /// - Throws: `PageFailure` with 401.
  func viewer(_ header: String?) throws -> Viewer {
    let now = workspace.environment.now()
    let known = secret(in: header).flatMap { secret in state.withLock { $0.open[secret] } }
    guard let known, known.until > now else {
      throw PageFailure(
        .unauthorized, "sign in to look at this hub",
        hint: "type 'fieldbook page REMOTE' on a laptop that is enrolled, and open the link")
    }
    do {
      return Viewer(
        device: known.device, role: try workspace.enrolledRole(of: known.device), until: known.until
      )
    } catch let refusal as Workspace.TokenRefusal { throw PageFailure(refusal) }
  }

  // MARK: Cookies

  private func field(_ value: String, seconds: Int64) -> String {
    "\(cookie)=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Strict"
      + (isSecure ? "; Secure" : "")
  }

  private func secret(in header: String?) -> String? {
    guard let header, header.utf8.count <= PageSessions.headerMax else { return nil }
    for part in header.split(separator: ";") {
      let pair = part.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
      if pair.count == 2, pair[0] == cookie { return String(pair[1]) }
    }
    return nil
  }
}

extension PageFailure {
  fileprivate init(_ refusal: Workspace.TokenRefusal) {
    let again = "make another: fieldbook page REMOTE"
    switch refusal {
    case .noToken: self.init(.unauthorized, "this is no link for this hub", hint: again)
    case .stale(let made, let now):
      self.init(
        .unauthorized,
        "the link was made at \(Timestamp(milliseconds: made).rfc3339) by its device's clock, and "
          + "here it is \(Timestamp(milliseconds: now).rfc3339): one lasts an hour", hint: again)
    case .notEnrolled:
      self.init(
        .forbidden,
        "the device that made this link is not enrolled, or this hub has not heard of it yet",
        hint: "sync it: fieldbook sync")
    case .revoked: self.init(.forbidden, "the device that made this link was revoked")
    }
  }
}
