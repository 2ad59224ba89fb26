/// A kind of token that is known by how it begins. Sources: the services' own pages on the forms of their tokens.
struct SecretShape: Sendable {
  /// What may follow the beginning.
  enum Alphabet: Sendable {
    /// Capitals and digits.
    case capitals
    /// Letters and digits.
    case plain
    /// And `-`, `_`.
    case dashed
    /// And `-`, `_`, `.`.
    case dotted
    /// And `-`, `_`, `/`.
    case path
    /// Base64, also with `%` escapes.
    case base64
  }

  /// What a person is told; scripts may rely on it.
  let kind: String
  let prefix: [UInt8]
  /// How many of the alphabet follow the prefix at least.
  let minimum: Int
  let alphabet: Alphabet

  private init(_ kind: String, _ prefix: String, _ minimum: Int, _ alphabet: Alphabet = .plain) {
    self.kind = kind
    self.prefix = Array(prefix.utf8)
    self.minimum = minimum
    self.alphabet = alphabet
  }

  /// Of shapes that begin alike the longer one stands first.
  static let all: [SecretShape] = [
    SecretShape("aws-access-key", "AKIA", 16, .capitals),
    SecretShape("aws-access-key", "ASIA", 16, .capitals),
    SecretShape("azure-storage-key", "AccountKey=", 40, .base64),
    SecretShape("azure-sas-signature", "sig=", 40, .base64),
    SecretShape("google-api-key", "AIza", 35, .dashed),
    SecretShape("google-oauth-secret", "GOCSPX-", 20, .dashed),
    SecretShape("google-oauth-token", "ya29.", 20, .dashed),
    SecretShape("digitalocean-token", "dop_v1_", 64),
    SecretShape("databricks-token", "dapi", 32),
    SecretShape("github-token", "github_pat_", 40, .dashed),
    SecretShape("github-token", "ghp_", 36),
    SecretShape("github-token", "gho_", 36),
    SecretShape("github-token", "ghu_", 36),
    SecretShape("github-token", "ghs_", 36),
    SecretShape("github-token", "ghr_", 36),
    SecretShape("gitlab-token", "glpat-", 20, .dashed),
    SecretShape("gitlab-token", "glrt-", 20, .dashed),
    SecretShape("gitlab-token", "gldt-", 20, .dashed),
    SecretShape("atlassian-token", "ATATT3x", 60, .dashed),
    SecretShape("slack-webhook", "https://hooks.slack.com/services/", 20, .path),
    SecretShape("slack-token", "xoxa-", 10, .dashed),
    SecretShape("slack-token", "xoxb-", 10, .dashed),
    SecretShape("slack-token", "xoxe-", 10, .dashed),
    SecretShape("slack-token", "xoxe.", 10, .dashed),
    SecretShape("slack-token", "xoxp-", 10, .dashed),
    SecretShape("slack-token", "xoxr-", 10, .dashed),
    SecretShape("slack-token", "xoxs-", 10, .dashed),
    SecretShape("slack-token", "xapp-", 10, .dashed),
    SecretShape("huggingface-token", "hf_", 30),
    SecretShape("huggingface-token", "api_org_", 30),
    SecretShape("anthropic-key", "sk-ant-", 20, .dashed),
    SecretShape("openrouter-key", "sk-or-v1-", 20),
    SecretShape("openai-key", "sk-proj-", 20, .dashed),
    SecretShape("openai-key", "sk-svcacct-", 20, .dashed),
    SecretShape("openai-key", "sk-admin-", 20, .dashed),
    SecretShape("openai-key", "sk-", 20),
    SecretShape("groq-key", "gsk_", 40),
    SecretShape("nvidia-key", "nvapi-", 40, .dashed),
    SecretShape("perplexity-key", "pplx-", 40),
    SecretShape("replicate-token", "r8_", 37),
    SecretShape("wandb-key", "wandb_v1_", 40, .dashed),
    SecretShape("langsmith-key", "lsv2_pt_", 30, .dashed),
    SecretShape("langsmith-key", "lsv2_sk_", 30, .dashed),
    SecretShape("pinecone-key", "pcsk_", 40, .dashed),
    SecretShape("stripe-key", "sk_live_", 20),
    SecretShape("stripe-key", "sk_test_", 20),
    SecretShape("stripe-key", "rk_live_", 20),
    SecretShape("shopify-token", "shpat_", 32),
    SecretShape("sendgrid-key", "SG.", 60, .dotted),
    SecretShape("npm-token", "npm_", 36),
    SecretShape("pypi-token", "pypi-", 50, .dashed),
    SecretShape("docker-token", "dckr_pat_", 20, .dashed),
    SecretShape("vault-token", "hvs.", 24, .dashed),
    SecretShape("grafana-token", "glsa_", 32, .dashed),
    SecretShape("tailscale-key", "tskey-auth-", 20, .dashed),
    SecretShape("age-secret-key", "AGE-SECRET-KEY-1", 50, .capitals),
  ]

  static let byFirstByte = Dictionary(grouping: all) { $0.prefix[0] }
}

/// Kinds that are found by other means than their beginning.
enum SecretKind {
  static let privateKey = "private-key"
  static let urlCredentials = "url-credentials"
  static let webToken = "jwt"
  static let basicAuthorization = "basic-auth"
  static let bearerToken = "bearer-token"
  /// Something else whose name says that it is secret.
  static let named = "named-secret"
}
