import FieldbookModel
import FieldbookReplication
import FieldbookWorkspace

/// Which certificates a peer may show, before anything is said to it.
///
/// Nobody's authority counts. One that is known, from an invite, the log or an earlier meeting, must be shown again;
/// while none is known any will do, and what it is worth is shown by the proof that both sides make over it.
struct CertificateRule: Equatable, Sendable {
  /// Any of these; empty: any at all.
  let known: Set<CertificateFingerprint>

  /// What the code names, and nothing else.
  init(code: InviteCode) { known = Set([code.certificate].compactMap { $0 }) }

  /// What the remote showed last or was added with, and what the log says of the device that it is pinned to.
  init(remote: Workspace.Remote, in workspace: Workspace) throws {
    let logged = try remote.pin.map { try workspace.certificates(of: $0) } ?? []
    known = Set(logged + [remote.certificate].compactMap { $0 })
  }

  func admits(_ shown: CertificateFingerprint) -> Bool { known.isEmpty || known.contains(shown) }

  /// Once it is proved which device it is: what the log says of that one holds even if nothing was known before.
  func admits(_ shown: CertificateFingerprint, logged: [CertificateFingerprint]) -> Bool {
    known.contains(shown) || logged.isEmpty || logged.contains(shown)
  }
}
