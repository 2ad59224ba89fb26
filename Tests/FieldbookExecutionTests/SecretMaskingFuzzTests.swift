import FieldbookTestSupport
import Testing

@testable import FieldbookExecution

@Suite("Masking secrets in hostile text")
struct SecretMaskingFuzzTests {
  private static let pieces = [
    " ", "\n", "\t", ",", ";", "=", ":", "'", "\"", "\\", "-", "--", "@", "://", "/", ".", "***",
    "é", "🙂",
    "\u{301}", "\r\n", "\0", "token", "password", "api_key", "KEY", "_KEY", "Bearer", "ghp_", "sk-",
    "eyJ", "xoxb-", "AKIA", "hf_", "-----BEGIN ", "PRIVATE KEY-----", "-----END ", "-----", "https",
    "x",
    "0", "true", "abcdefghijklmnopqrstuvwxyz", "{", "}", "[", "]", "<", ">",
  ]

  private static func noise(_ count: Int, _ generator: inout SeededGenerator) -> String {
    (0..<count).map { _ in pieces.randomElement(using: &generator)! }.joined()
  }

  private static func random(_ count: Int, _ generator: inout SeededGenerator) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    return String((0..<count).map { _ in letters.randomElement(using: &generator)! })
  }

  @Test("no planted secret comes through, whatever stands around it")
  func planted() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<3000 {
      let core = Self.random(48, &generator)
      let planted = [
        "ghp_" + core, "sk-" + core, "hf_" + core, "AIza" + core, "xoxb-" + core, "glpat-" + core,
        "eyJ" + core + "." + core + ".", "--password=" + core, "HF_TOKEN='" + core + "'",
        "https://u:" + core + "@host", "-----BEGIN PRIVATE KEY-----" + core,
      ].randomElement(using: &generator)!
      // A space before it: a token in the middle of a word is none.
      let text = Self.noise(6, &generator) + " " + planted + " " + Self.noise(6, &generator)
      let (masked, found) = SecretMasking.mask(text)
      #expect(!masked.contains(core), "\(text)")
      #expect(!found.isEmpty)
    }
  }

  @Test("arbitrary bytes neither crash it nor grow by more than the marks")
  func bytes() {
    var generator = SeededGenerator(seed: 6)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
        UInt8.random(in: 0...255, using: &generator)
      }
      let texts = [String(decoding: bytes, as: UTF8.self), Self.noise(20, &generator)]
      for text in texts {
        let (masked, found) = SecretMasking.mask(text)
        #expect(found.isEmpty == (masked == text))
        _ = SecretMasking.maskArguments(text.split(separator: " ").map(String.init))
      }
    }
  }

  /// With anything quadratic this would take hours.
  @Test(
    "repeated beginnings of secrets take no longer than other text",
    arguments: [
      "a", "-", "/", "@", "://", "a://", "eyJ", "eyJaaaaaaaa.", "eyJ-", "ghp_", "sk-", "xoxb-",
      "token ",
      "token=", "token=\"", "--token ", "password'", "password\\", "-----BEGIN ", "-----END ",
      "-----BEGIN PRIVATE KEY", "_KEY=", "\"", " ", "token: Bearer ", "é",
    ])
  func hostile(piece: String) {
    let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
    _ = SecretMasking.mask(text)
    _ = SecretMasking.mask("token" + text)
  }
}
