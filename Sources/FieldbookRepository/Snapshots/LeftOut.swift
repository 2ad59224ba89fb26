/// What a snapshot of a folder does not hold, and why.
package struct LeftOut: Equatable, Sendable {
  package enum Reason: Equatable, Sendable {
    /// Its name says that it holds secrets: `.env`, `id_ed25519`.
    case secretName
    /// The kind of secret that was found in it.
    case secret(String)
    case tooLarge(bytes: Int64)
    /// The files before it were too much already.
    case tooMuch
    case cannotRead(String)
    /// A pipe, a socket, a device.
    case special
    /// It went on changing while it was read.
    case changing
    /// Git cannot hold it by this name, or artifacts cannot.
    case badName
    /// A folder of packages or of another tracker, which is not under version control.
    case machinery
  }

  package var path: TreePath
  package var reason: Reason

  package init(_ path: TreePath, _ reason: Reason) {
    self.path = path
    self.reason = reason
  }
}

extension LeftOut.Reason {
  package var words: String {
    switch self {
    case .secretName: "its name says that it holds secrets"
    case .secret(let kind): "it holds a secret: \(kind)"
    case .tooLarge(let bytes): "it is too large: \(bytes) bytes"
    case .tooMuch: "the folder holds too much"
    case .cannotRead(let reason): "it cannot be read: \(reason)"
    case .special: "it is no file"
    case .changing: "it changed while it was read"
    case .badName: "git cannot keep this name"
    case .machinery: "it is made by tools, and not under version control"
    }
  }
}

extension LeftOut.Reason {
  /// False for words of a reason that leaves a snapshot short of something that a run may need: a file too large, unreadable, changing.
  ///
  /// What holds secrets, is made by tools or is no file at all is meant to stay out.
  package static func isMeant(words: String) -> Bool {
    let meant: [LeftOut.Reason] = [.secretName, .special, .machinery]
    return meant.contains { $0.words == words } || words.hasPrefix(LeftOut.Reason.secret("").words)
  }
}
