import FieldbookModel

/// What things of one name are called, so that people can tell them apart: `churn~a3f91c02`; a config keeps its ending,
/// `train/base~a3f91c02.yaml`.
extension RecordTable {
  func name(_ bare: String, of key: EntityKey) -> String {
    self == .config ? ConfigName.apart(bare, key) : "\(bare)~\(key.short)"
  }

  /// The name without what `name(_:of:)` added.
  func bareName(_ shown: String) -> String {
    if self == .config { return ConfigName.bare(shown) }
    guard let tilde = shown.lastIndex(of: "~") else { return shown }
    let suffix = shown[shown.index(after: tilde)...]
    return suffix.count == 8 && suffix.allSatisfy(\.isHexDigit) ? String(shown[..<tilde]) : shown
  }
}
