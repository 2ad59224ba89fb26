import FieldbookCLI
import FieldbookExecution
import FieldbookModel
import FieldbookRepository
import FieldbookSync
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation

extension FuzzTarget {
  /// Small files in folders that others can write to, or that a disk damaged.
  static let folders: [FuzzTarget] = [
    FuzzTarget("config", seeds: configs.map { Array($0.utf8) }) { bytes in
      let config = try ConfigFile(text: bytes.text, path: "c.yaml")
      try promise(config.parameters.count <= 10_000, "config: more values than are allowed")
    },
    FuzzTarget("config-override", seeds: overrides.map { Array($0.utf8) }) { bytes in
      // A word, a value and a config, a line each.
      let parts = bytes.text.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { return }
      let override = try ConfigOverride(String(parts[0]), value: String(parts[1]))
      let config = try ConfigFile(text: String(parts[2]), path: "c.yaml")
      for isJSON in [false, true] {
        let (text, values) = try config.rewritten(with: [override], isJSON: isJSON)
        // Deeper than the parser goes.
        let isDeep = text.contains("\n" + String(repeating: "  ", count: 60))
        if isJSON, !isDeep, (try? JSONParser.parse(Array(text.utf8))) == nil {
          try promise(false, "config-override: what is written is no JSON")
        }
        if !isJSON {
          let again = try ConfigFile(text: text, path: "again.yaml")
          try promise(again.typed == values, "config-override: what is written reads otherwise")
        }
      }
    },
    FuzzTarget("settings", seeds: [Array("user: ana\nserver_port: 80\n".utf8)] + configSeeds) {
      bytes in
      let settings = try Settings.parse(bytes.text, path: "config.yaml")
      try promise(
        settings.count <= Settings.variables.count, "settings: more of them than there are")
    },
    FuzzTarget("replica-files", seeds: replicaFiles.map { Array($0.utf8) }) { bytes in
      try promiseJSON(ReplicaFolder.Descriptor.self, bytes)
      try promiseJSON(BackupManifest.self, bytes)
      if let mark = try promiseJSON(HighWaterMark.self, bytes) { _ = mark.admits(mark) }
      if let holder = try promiseJSON(Holder.self, bytes) {
        for now in [0, 1_763_697_600_000] as [Int64] {
          _ = (holder.isInTheWay(of: try other(now)), holder.isDue(now))
        }
      }
      _ = StatusHeads(json: bytes.text)
      _ = ExchangeLog.read(bytes)
    },
    FuzzTarget(
      "ignore-rules", maxBytes: 512, rounds: 200, seeds: ignoreFiles.map { Array($0.utf8) }
    ) {
      bytes in
      let folder = try TemporaryFolder()
      let below = folder.path + "/da[t]a"
      try FileManager.default.createDirectory(atPath: below, withIntermediateDirectories: false)
      for place in [folder.path, below] {
        let file = URL(fileURLWithPath: place + "/" + IgnoreRules.fileName)
        try Data(bytes).write(to: file)
      }
      let rules = try IgnoreRules(folder: folder.path, top: folder.path)
      for name in ["a.bin", "da[t]a/cache/a.bin", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"] {
        _ = rules?.ignores(folder.path + "/" + name)
      }
    },
  ]

  private static let overrides = [
    "a.b\n1\na: {b: 2}\n", "lr\n1e-4\nlr: 0.1\n", "+n.m\n[1, {x: y}]\n# c\na: ''\n",
    "~a.0\n\na: [1, 2]\nb: 2026-01-01\n", "++a\n\"q\"\na: &x 1\nb: *x\n",
    "a\\.b\nno\n'a.b': true\nc: |\n  two\n  lines\n",
  ]

  /// The mark of another machine.
  private static func other(_ time: Int64) throws -> Holder {
    let text = #"{"machine":"other","host":"o","process":1,"boot":"","time":\#(time)}"#
    return try JSONDecoder().decode(Holder.self, from: Data(text.utf8))
  }

  @discardableResult
  private static func promiseJSON<Value: Codable & Equatable>(
    _ type: Value.Type, _ bytes: [UInt8]
  ) throws -> Value? {
    guard let value = try? JSONDecoder().decode(type, from: Data(bytes)) else { return nil }
    try promiseFaithful(
      value, "replica-files", read: { try JSONDecoder().decode(type, from: Data($0)) },
      write: { Array(try JSONEncoder().encode($0)) })
    return value
  }

  private static let configs = [
    "lr: 0.1\nmodel: {layers: [1, 2], name: net}\n", "a: &a {x: 1}\nb: {<<: *a, y: 2}\n",
    "{\"a\": {\"b\": null}, \"token\": \"ghp_0123456789012345678901234567890123456789\"}",
    "a: |\n  text\n  more\nb: >-\n  folded\nc: !!str 3\n? d\n: e\n",
  ]
  private static let configSeeds = configs.map { Array($0.utf8) }

  private static let replicaFiles = [
    #"{"format":1,"workspace":"ab","name":"team","device":"hub","owner":"hub","nonce":"00"}"#,
    #"{"machine":"m","host":"h","process":12,"boot":"b","time":1763697600000}"#,
    #"{"machine":"m","inode":3,"epoch":18446744073709551615,"number":4}"#,
    """
    {"format":1,"workspace":"ab","name":"team","device":"00","deviceName":"hub","time":5,\
    "hasKey":true,"stateHash":"00","segments":1,"ops":2,"objects":3,"objectBytes":4,"missing":0,\
    "database":"00"}
    """,
    #"{"heads":[{"log":"00","seq":3,"hash":"00"}]}"#,
    #"{"time":1000,"peer":"ab","isInbound":true,"sentOps":1,"receivedOps":9223372036854775807,"#
      + #""sentPoints":0,"receivedPoints":1,"conflicts":0,"seconds":1e308}"# + "\n"
      + #"{"time":2000,"peer":"ab","isInbound":true,"sentOps":1,"receivedOps":9,"sentPoints":0,"#
      + #""receivedPoints":1,"conflicts":0,"seconds":1e308}"#,
  ]

  private static let ignoreFiles = [
    "*.bin\n!keep.bin\n/cache/\n", "# no\n\\#a\n**/a?[!b-d]*\\ \n", "a*a*a*a*b\n",
  ]
}
