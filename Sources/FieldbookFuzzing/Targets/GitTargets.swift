import FieldbookCLI
import FieldbookModel
import FieldbookReplication
import FieldbookServing
import FieldbookSync

extension FuzzTarget {
  /// What git's clients send a hub, and what git's own programs say.
  static let git: [FuzzTarget] = [
    FuzzTarget("device-token", maxBytes: 512, seeds: tokens) { bytes in
      guard let shown = Credentials.token(bytes.text), let token = DeviceToken(shown) else {
        return
      }
      try promise(
        token.text.utf8.elementsEqual(Array(shown).map(lower)), "device token: written otherwise")
      _ = token.isFresh(for: .git, now: 0)
      _ = token.isFresh(for: .page, now: .max)
    },
    FuzzTarget("lfs-batch", maxBytes: 4096, seeds: batches.map { Array($0.utf8) }) { bytes in
      guard let question = LargeFileBatch.read(bytes) else { return }
      let answer = LargeFileBatch.answer(question, base: "http://h/o", authorization: nil) {
        Int64($0.bytes[0])
      }
      try promise(answer.objects.count == question.objects.count, "lfs: an object is left out")
      for object in answer.objects {
        try promise((object.actions == nil) != (object.error == nil), "lfs: neither yes nor no")
      }
    },
    FuzzTarget("gateway-answer", maxBytes: 1024, seeds: answers.map { Array($0.utf8) }) { bytes in
      guard let answer = CommonGatewayAnswer(bytes) else { return }
      try promise((200..<600).contains(answer.status), "gateway: a status that is none")
      try promise(
        bytes.suffix(answer.rest.count).elementsEqual(answer.rest), "gateway: other bytes")
    },
    FuzzTarget("reference-question", maxBytes: 4096, seeds: questions) { bytes in
      let plain = ReferenceQuestion(bytes, encoding: nil)
      try promise(plain.namesRuns || plain.artifacts == .none, "references: artifacts of no run")
      _ = ReferenceQuestion(bytes, encoding: "gzip")
    },
    FuzzTarget(
      "git-credential", maxBytes: 512,
      seeds: [Array("protocol=http\nhost=127.0.0.1:4600\npath=x\n\n".utf8)]
    ) { bytes in _ = CredentialQuestion(bytes) },
  ]

  private static func lower(_ byte: UInt8) -> UInt8 { (65...90).contains(byte) ? byte | 32 : byte }

  private static var tokens: [[UInt8]] {
    let key = DeviceKey(bytes: [UInt8](repeating: 7, count: 32))!
    let workspace = WorkspaceID(EntityKey(bytes: [UInt8](repeating: 1, count: 16))!)
    let token = DeviceToken(
      for: .git, device: key, workspace: workspace, server: key, made: 1_700_000_000_000
    ) { _ in [UInt8](repeating: 3, count: 64) }
    return [Array("Bearer \(token.text)".utf8), Array("Basic dXNlcjp0b2tlbg==".utf8)]
  }

  /// Plain, and packed by gzip.
  private static var questions: [[UInt8]] {
    let run = String(repeating: "0a", count: 16)
    return [
      Array(
        ("0014command=ls-refs\n00010009peel\n001eref-prefix refs/fieldbook/\n"
          + "0048ref-prefix refs/fieldbook/artifacts/\(run)\n0000").utf8),
      [
        0x1f, 0x8b, 0x8, 0, 0, 0, 0, 0, 0x2, 0x3, 0x33, 0x30, 0x30, 0x34, 0x49, 0xce, 0xcf,
        0xcd, 0x4d, 0xcc, 0x4b, 0xb1, 0xcd, 0x29, 0xd6, 0x2d, 0x4a, 0x4d, 0x2b, 0xe6, 0x2,
        0, 0x3e, 0xbe, 0x5, 0x12, 0x14, 0, 0, 0,
      ],
    ]
  }

  private static let batches = [
    #"{"operation":"download","transfers":["basic"],"hash_algo":"sha256","objects":[{"oid":""#
      + String(repeating: "ab", count: 32) + #"","size":123}]}"#,
    #"{"operation":"upload","objects":[{"oid":"x","size":-1}]}"#,
  ]

  private static let answers = [
    "Expires: Fri, 01 Jan 1980 00:00:00 GMT\r\nContent-Type: text/plain\r\n\r\n001e# service",
    "Status: 404 Not Found\r\n\r\n",
  ]
}
