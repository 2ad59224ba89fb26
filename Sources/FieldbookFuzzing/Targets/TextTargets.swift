import FieldbookCLI
import FieldbookExecution
import FieldbookModel

extension FuzzTarget {
  /// Text that people and programs write.
  static let texts: [FuzzTarget] = [
    FuzzTarget("text-merge", maxBytes: 2048, seeds: merges.map { Array($0.utf8) }) { bytes in
      let parts = bytes.texts(3)
      let (base, left, right) = (parts[0], parts[1], parts[2])
      func merge(_ left: String, _ right: String) -> TextMergeOutcome {
        TextMerge.merge(
          base: base, left: left, right: right, leftLabel: "ana", rightLabel: "bo")
      }
      _ = merge(left, right)
      for (one, other, whole) in [
        (left, left, left), (base, right, right), (left, base, left),
      ] {
        guard case .merged(let text) = merge(one, other) else {
          throw BrokenPromise("text-merge: a conflict where only one side changed something")
        }
        try promise(
          text.utf8.elementsEqual(whole.utf8), "text-merge: a change that nobody made")
      }
    },
    FuzzTarget("secret-masking", maxBytes: 2048, seeds: secrets.map { Array($0.utf8) }) {
      bytes in
      let text = bytes.text
      let (masked, found) = SecretMasking.mask(text)
      try promise(
        found.isEmpty == masked.utf8.elementsEqual(text.utf8), "secret-masking: not as it says")
      _ = SecretMasking.findings(in: text, named: String(text.prefix(8)))
      _ = SecretMasking.maskArguments(text.split(separator: " ").map(String.init))
    },
    FuzzTarget("names", maxBytes: 512, seeds: names.map { Array($0.utf8) }) { bytes in
      let text = bytes.text
      if let key = try? EntryKey(text) {
        try promise((try? EntryKey(key.text)) == key, "names: a key that is none")
      }
      _ = try? Check.artifactPath(text)
      _ = CertificateFingerprint(hex: text)
      let moment = try Moment.read(text)
      _ = moment.rfc3339
    },
  ]

  private static let merges = [
    "a\nb\nc\n\u{1e}a\nB\nc\n\u{1e}a\nb\nC d\n", "one two\r\nthree\u{1e}one 2\r\nthree\u{1e}1 two",
    "\u{1e}x\u{1e}y",
  ]
  private static let secrets = [
    "python t.py --password=hunter2222 token: Bearer abcdefghijklmnopqrstuvwxyz",
    "https://u:secretsecret@host -----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    "ghp_0123456789abcdefghijABCDEFGHIJ012345 eyJhbGciOi.eyJzdWIiOi.sig AKIAIOSFODNN7EXAMPLE",
  ]
  private static let names = [
    "train/loss", "e\u{301}t\u{e9}", "model/weights.bin", "2026-11-20T18:00:00.123Z", "2026-11-20",
    "AB:CD",
  ]
}
