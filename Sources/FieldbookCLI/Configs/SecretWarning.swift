import FieldbookExecution

/// What a config looks to hold that should not be told to a team.
enum SecretWarning {
  /// Each kind with the words around it, masked; none for a text without any.
  static func words(in text: String) -> [String] {
    let inText = SecretMasking.findings(in: text).map { "\($0.kind): \($0.excerpt)" }
    guard inText.isEmpty else { return inText }
    // What only the whole name of a value tells: `wandb: {api_key: …}`.
    return ((try? ConfigFile(text: text, path: "config"))?.secrets ?? [])
  }
}
