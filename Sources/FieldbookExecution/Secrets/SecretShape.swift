/// A kind of token that is known by how it begins.
struct SecretShape: Sendable {
  let name: String
  let prefix: [UInt8]
  /// How many letters or digits follow the prefix at least; with `isDashed`, `-` and `_` count too.
  let minimum: Int
  let isDashed: Bool

  private init(_ name: String, _ prefix: String, _ minimum: Int, dashed: Bool = false) {
    self.name = name
    self.prefix = Array(prefix.utf8)
    self.minimum = minimum
    self.isDashed = dashed
  }

  private static let all: [SecretShape] = [
    SecretShape("AWS key", "AKIA", 16),
    SecretShape("AWS key", "ASIA", 16),
    SecretShape("GitHub token", "ghp_", 36),
    SecretShape("GitHub token", "gho_", 36),
    SecretShape("GitHub token", "ghu_", 36),
    SecretShape("GitHub token", "ghs_", 36),
    SecretShape("GitHub token", "ghr_", 36),
    SecretShape("GitHub token", "github_pat_", 40, dashed: true),
    SecretShape("GitLab token", "glpat-", 20, dashed: true),
    SecretShape("GitLab token", "glrt-", 20, dashed: true),
    SecretShape("GitLab token", "gldt-", 20, dashed: true),
    SecretShape("Slack token", "xoxa-", 10, dashed: true),
    SecretShape("Slack token", "xoxb-", 10, dashed: true),
    SecretShape("Slack token", "xoxe-", 10, dashed: true),
    SecretShape("Slack token", "xoxe.", 10, dashed: true),
    SecretShape("Slack token", "xoxp-", 10, dashed: true),
    SecretShape("Slack token", "xoxr-", 10, dashed: true),
    SecretShape("Slack token", "xoxs-", 10, dashed: true),
    SecretShape("Slack token", "xapp-", 10, dashed: true),
    SecretShape("Hugging Face token", "hf_", 30),
    SecretShape("API key", "sk-", 20),
    SecretShape("API key", "sk-ant-", 20, dashed: true),
    SecretShape("API key", "sk-proj-", 20, dashed: true),
    SecretShape("API key", "sk-svcacct-", 20, dashed: true),
    SecretShape("API key", "sk-admin-", 20, dashed: true),
    SecretShape("API key", "sk-or-v1-", 20),
    SecretShape("API key", "sk_live_", 20),
    SecretShape("API key", "gsk_", 40),
    SecretShape("API key", "nvapi-", 40, dashed: true),
    SecretShape("Google API key", "AIza", 35, dashed: true),
    SecretShape("Google token", "ya29.", 20, dashed: true),
    SecretShape("npm token", "npm_", 36),
    SecretShape("PyPI token", "pypi-", 50, dashed: true),
  ]

  static let byFirstByte = Dictionary(grouping: all) { $0.prefix[0] }
}
