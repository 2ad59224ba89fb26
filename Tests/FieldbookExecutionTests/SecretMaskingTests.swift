import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("Masking secrets")
struct SecretMaskingTests {
  private static let letters = "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0U1v2W3x4Y5z6"
  private static func random(_ count: Int) -> String { String(letters.prefix(count)) }

  @Test(
    "tokens are known by how they begin, wherever they stand",
    arguments: [
      ("aws-access-key", "AKIAIOSFODNN7EXAMPLE"), ("aws-access-key", "ASIAIOSFODNN7EXAMPLE"),
      ("github-token", "ghp_" + random(36)), ("github-token", "ghs_" + random(36)),
      ("github-token", "github_pat_" + random(22) + "_" + random(40)),
      ("gitlab-token", "glpat-" + random(10) + "-_" + random(8)),
      ("slack-token", "xoxb-123456789012-" + random(24)), ("slack-token", "xoxp-1234567890-abc"),
      ("huggingface-token", "hf_" + random(34)), ("openai-key", "sk-" + random(48)),
      ("openai-key", "sk-proj-" + random(30) + "-_" + random(20)),
      ("anthropic-key", "sk-ant-api03-" + random(40)), ("google-api-key", "AIza" + random(35)),
      (
        "jwt",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P"
      ),
    ])
  func tokens(name: String, token: String) {
    for (before, after) in [
      ("", ""), ("x=", ""), ("\"", "\""), ("(", ")"), ("see ", ", then"), ("é", "é"),
      ("a\n", "\nb"),
    ] {
      let (masked, found) = SecretMasking.mask(before + token + after)
      #expect(masked == before + "***" + after)
      #expect(found == [name])
    }
  }

  @Test(
    "values are known by their names",
    arguments: [
      ("--password=hunter2", "--password=***"), ("--password hunter2 -v", "--password *** -v"),
      ("--token=x", "--token=***"), ("api_key=abc", "api_key=***"), ("apiKey: abc", "apiKey: ***"),
      ("HF_TOKEN=abc python", "HF_TOKEN=*** python"),
      ("DB_PASS=a DB_KEY=b", "DB_PASS=*** DB_KEY=***"),
      (
        "WANDB_API_KEY=0123456789abcdef0123456789abcdef01234567",
        "WANDB_API_KEY=***"
      ),
      ("MY_SECRET='two words'", "MY_SECRET='***'"),
      ("password = \"a\\\"b c\"", "password = \"***\""),
      ("{\"token\": \"abc\", \"lr\": 1}", "{\"token\": \"***\", \"lr\": 1}"),
      ("{\\\"token\\\": \\\"abc\\\"}", "{\\\"token\\\": \\\"***\"}"),
      ("Authorization: Bearer abc.def", "Authorization: ***"),
      ("authorization: Basic dXNlcjpw", "authorization: ***"),
      ("https://h/p?token=abc", "https://h/p?token=***"), ("password: 123456", "password: ***"),
      ("passphrase: ünï", "passphrase: ***"),
      ("aws_secret_access_key = abc/d+e", "aws_secret_access_key = ***"),
    ])
  func names(text: String, masked: String) {
    let (out, found) = SecretMasking.mask(text)
    #expect(out == masked)
    let special = ["basic-auth", "bearer-token", "wandb-key", "aws-secret-key"]
    #expect(found == ["named-secret"] || found.count == 1 && special.contains(found[0]))
  }

  @Test("every shape is found by its own kind, and not where it is a character too short")
  func shapes() {
    let letters = Array("A1B2C3D4E5F6G7H8I9J0K1L2M3N4O5P6Q7R8S9T0U1V2W3X4Y5Z6A1B2C3D4E5F6G7H8")
    for shape in SecretShape.all {
      let prefix = String(decoding: shape.prefix, as: UTF8.self)
      let token = prefix + String(letters.prefix(shape.minimum))
      #expect(SecretMasking.mask("see \(token) here") == ("see *** here", [shape.kind]), "\(token)")
      #expect(SecretMasking.kinds.contains(shape.kind))
      let short = "see " + token.dropLast() + " here"
      #expect(SecretMasking.mask(short).found != [shape.kind], "\(short)")
    }
  }

  @Test("the guide names every kind")
  func documentedKinds() throws {
    let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../docs/guides/secrets.md").standardized
    let text = try String(contentsOf: guide, encoding: .utf8)
    for kind in SecretMasking.kinds { #expect(text.contains("`\(kind)`"), "\(kind)") }
  }

  @Test(
    "what is known by its name has a kind, too",
    arguments: [
      ("WANDB_API_KEY=0123abc", "wandb-key"), ("aws_secret_access_key = a/b", "aws-secret-key"),
      ("Authorization: Basic dXNlcjpw", "basic-auth"),
      ("Authorization: Bearer x.y", "bearer-token"),
      ("db_password=x", "named-secret"),
    ])
  func namedKinds(text: String, kind: String) {
    #expect(SecretMasking.mask(text).found == [kind])
  }

  @Test("an excerpt shows where a secret stands, and none of any secret")
  func excerpts() {
    let token = "ghp_" + Self.random(36)
    let text = "first line\nlogin with \(token) password=hunter2 é now\nlast line"
    #expect(
      SecretMasking.findings(in: text) == [
        .init(kind: "github-token", excerpt: "login with *** password=*** é now"),
        .init(kind: "named-secret", excerpt: "login with *** password=*** é now"),
      ])
    #expect(
      SecretMasking.findings(in: "hunter2", named: "db.password")
        == [.init(kind: "named-secret", excerpt: "***")])
    #expect(SecretMasking.findings(in: "***", named: "db.password") == [])
    #expect(SecretMasking.findings(in: "adam", named: "optimizer") == [])
  }

  @Test("hashes, ids and encoded data are no secrets, however many there are")
  func randomData() {
    var generator = SeededGenerator(seed: 77)
    for _ in 0..<300 {
      let bytes = (0..<600).map { _ in UInt8.random(in: 0...255, using: &generator) }
      let base64 = Data(bytes).base64EncodedString()
      let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      let words = [base64, hex, String(hex.prefix(40)), UUID().uuidString.lowercased()]
      let text = words.joined(separator: " ")
      #expect(SecretMasking.mask(text) == (text, []))
    }
  }

  @Test(
    "user info in an address goes, however it is written",
    arguments: [
      ("https://user:pw@host/x.git", "https://***@host/x.git"),
      ("https://user:p@ss@host", "https://***@host"), ("ssh://git@host/x", "ssh://***@host/x"),
      ("postgres://u:p%2Fw@db:5432/x and y", "postgres://***@db:5432/x and y"),
    ])
  func userInfo(text: String, masked: String) {
    #expect(SecretMasking.mask(text) == (masked, ["url-credentials"]))
  }

  @Test("private keys go whole, also without an end", arguments: ["", "RSA ", "OPENSSH ", "EC "])
  func privateKeys(kind: String) {
    let key = "-----BEGIN \(kind)PRIVATE KEY-----\nMIIE\nabcd\n"
    #expect(
      SecretMasking.mask("a\n" + key + "-----END \(kind)PRIVATE KEY-----\nb")
        == ("a\n***\nb", ["private-key"]))
    #expect(SecretMasking.mask("a\n" + key) == ("a\n***", ["private-key"]))
  }

  @Test(
    "what is no secret stays",
    arguments: [
      "19986e2ed397b150619af18809aa78ed99532b87", "123e4567-e89b-12d3-a456-426614174000",
      "/data/token/key/password.txt", "C:\\keys\\a", "0.001", "--lr=1e-4", "--lr 0.001", "seed: 42",
      "max_tokens=4096", "--max-new-tokens 512", "num_token=4096", "--max-token 512",
      "tokenizer=bert-base", "eos_token: </s>", "pad_token=[PAD]", "use_token: true",
      "token: null", "sort_key=loss", "key: value", "monkey=banana", "compass: north",
      "https://example.org/a@b", "http://host:8080/x", "git@github.com:team/repo.git",
      "sk-learn-gradient-boosting-classifier", "hf_internal_testing_tiny_random_llama_model",
      "task-0123456789012345678901234567", "PWD=/home/ana", "a.b.c", "eyJ", "eyJhbGciOiJI.x",
      "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----", "password", "password=", "",
      "meta-llama/Llama-3.1-8B-Instruct", "sentence-transformers/all-MiniLM-L6-v2", "gpt-4o-mini",
      "claude-sonnet-4-20250514", "mistralai/Mixtral-8x7B-v0.1", "sk_resnet50_live", "AKIANOTAKEY",
      "bert-base-uncased.tokenizer", "s3://bucket/AKI/model.pt", "hf_hub_download", "SG.small",
      "sig=0.1", "signature=forward", "api_org_chart", "npm_config_registry=https://r.example.org",
      "***",
      "token=***", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ])
  func harmless(text: String) {
    #expect(SecretMasking.mask(text) == (text, []))
  }

  @Test("of a command the whole word after a telling flag goes")
  func arguments() {
    let words = [
      "python", "train.py", "--lr", "0.1", "--hf-token", "abc def", "--api-key=a b,c", "--password",
      "-v", "-p", "api_key=x;y", "--max-token", "512", "--token", "",
    ]
    let (masked, found) = SecretMasking.maskArguments(words)
    #expect(
      masked == [
        "python", "train.py", "--lr", "0.1", "--hf-token", "***", "--api-key=***", "--password",
        "-v",
        "-p", "api_key=***", "--max-token", "512", "--token", "",
      ])
    #expect(found == ["argument after --hf-token", "value of --api-key", "value of api_key"])
  }

  @Test("a value goes where its name tells, also as a place in a list")
  func named() {
    for name in [
      "api_key", "wandb.api_key", "api_keys.0", "HF_TOKEN", "db.password", "SIGNING_KEY",
    ] {
      #expect(SecretMasking.mask("a b", named: name) == ("***", ["value of \(name)"]))
    }
    for name in ["lr", "sort_key", "tokens.0", "model.layers.1", ""] {
      #expect(SecretMasking.mask("a b", named: name) == ("a b", []))
    }
  }
}
