import Crypto
import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@Suite("A hub whose large files lie in an object storage")
final class ObjectStorageProgramTests {
  private let fieldbook: Binary
  private let moto: MotoServer
  private var variables: [String: String]

  init() throws {
    fieldbook = try Binary()
    moto = try MotoServer()
    variables = moto.variables.merging(["FIELDBOOK_OBJECTS_CACHE": "0"]) { $1 }
  }

  private func hub(log: String? = nil) throws -> Binary.Listening {
    try fieldbook.startHub(
      flags: ["--objects", "s3://models/team"], log: log, variables: variables)
  }

  private func hubSays(_ words: String...) throws -> Binary.Answer {
    try fieldbook.run(words + ["--dir", "hub"], as: "hub", variables: variables)
  }

  private func model(_ name: String, _ count: Int, seed: UInt64) throws -> String {
    // A stream cipher's: noise that is made quickly.
    let key = SymmetricKey(data: SHA256.hash(data: Data("\(seed)".utf8)))
    let noise = try ChaChaPoly.seal(
      Data(count: count), using: key, nonce: ChaChaPoly.Nonce(data: Data(count: 12)))
    let path = fieldbook.root + "/" + name
    try noise.ciphertext.write(to: URL(fileURLWithPath: path))
    return path
  }

  private func push(_ file: String, run: String, by person: String = "ana") throws {
    for words in [
      ["start", "--name", run, "--quiet"], ["log", "artifact", file, "--run", run],
      ["finish", run],
    ] {
      let answer = try fieldbook.run(words + ["--dir", person], as: person)
      #expect(answer.status == 0, "\(answer.err)")
    }
  }

  /// Of packs that lie on the hub's disk.
  private func packsHere() -> Int {
    let path = fieldbook.root + "/hub/.fieldbook/large/packs"
    return (try? FileManager.default.contentsOfDirectory(atPath: path))?.count ?? 0
  }

  private func waitForUploads() throws {
    try waitUntil("packs went into the bucket") {
      let objects = try hubSays("status", "--json").json["objects"] as? [String: Any]
      return objects?["waiting_packs"] as? Int == 0 && objects?["packs"] as? Int ?? 0 > 0
        && packsHere() == 0
    }
  }

  @Test(
    "a model goes through the bucket from one laptop to another, and to git-lfs; and comes back to the folder"
  )
  func story() throws {
    var (process, url) = try hub()
    defer { process.stop() }
    try fieldbook.clone("ana", url)
    try fieldbook.clone("bo", url)
    let project = try GitFolder(fieldbook.root + "/project")
    try project.write("print('trained')\n", to: "train.py")
    _ = try model("project/model.bin", 20_000_000, seed: 1)
    try project.commit("first")
    let run = try fieldbook.shell(
      "cd project && \"$0\" run --dir ../ana --name r -q -- python3 train.py", as: "ana"
    ).answer()
    #expect(run.status == 0, "\(run.err)")
    try push(fieldbook.root + "/project/model.bin", run: "m")
    #expect(try fieldbook.sync("ana").status == 0)
    try waitForUploads()
    let sync = try fieldbook.sync("bo")
    #expect(sync.status == 0, "\(sync.err)")
    let got = try fieldbook.run(
      "artifacts", "get", "m", "model.bin", "--out", "got.bin", "--dir", "bo", as: "bo")
    #expect(got.status == 0, "\(got.err)")
    #expect(
      FileManager.default.contentsEqual(
        atPath: fieldbook.root + "/got.bin", andPath: fieldbook.root + "/project/model.bin"))
    let git = try fieldbook.shell(
      """
      unset GIT_SSL_CAINFO; sh -c "$("$0" remote git origin --dir ana)" && cd repository \
      && git lfs install --local >/dev/null \
      && git fetch -q origin 'refs/fieldbook/runs/*:refs/fieldbook/runs/*' \
      && git checkout -q $(git for-each-ref --format='%(refname)' refs/fieldbook/runs | head -n 1) \
      && cmp code/model.bin ../project/model.bin
      """, as: "ana",
      variables: [
        "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_LFS_SKIP_SMUDGE": "0",
      ]
    ).answer()
    #expect(git.status == 0, "\(git.err)")
    let verified = try hubSays("artifacts", "verify", "--json")
    let count = try #require(verified.json["ok"] as? Int)
    #expect(count >= 2 && verified.json["damaged"] as? Int == 0)
    let deep = try hubSays("doctor", "--deep", "--json")
    #expect(deep.status == 0, "\(deep.out)")
    #expect(try hubSays("gc", "--dry-run", "--json").json["removed_packs"] as? Int == 0)
    // It is remembered: no option this time, and what it needs is asked for before it listens.
    process.stop()
    let poor = try fieldbook.run(
      ["hub", "--dir", "hub", "--port", "0"], as: "hub",
      variables: ["AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""])
    #expect(poor.status == 1 && poor.err.contains("AWS_ACCESS_KEY_ID") && poor.out.isEmpty)
    (process, url) = try fieldbook.startHub(
      flags: ["--objects", "folder"], variables: variables)
    #expect(packsHere() > 0)
    process.stop()
    moto.stop()
    let home = try fieldbook.run("artifacts", "verify", "--json", "--dir", "hub", as: "hub")
    #expect(home.json["ok"] as? Int == count, "\(home.out)\(home.err)")
  }

  @Test("killed while it uploads, again and again: each file is whole in the end")
  func killed() throws {
    var (process, url) = try hub()
    defer { process.stop() }
    try fieldbook.clone("ana", url)
    let port = try #require(Int(url.split(separator: ":").last ?? ""))
    var generator = SeededGenerator(seed: 3)
    for round in 0..<4 {
      try push(try model("m\(round).bin", 9_000_000, seed: UInt64(round) + 9), run: "k\(round)")
      #expect(try fieldbook.sync("ana").status == 0)
      process.crash(after: UInt32.random(in: 0...2_500_000, using: &generator))
      (process, url) = try fieldbook.startHub(
        port: port, flags: ["--objects", "s3://models/team"], variables: variables)
    }
    try waitForUploads()
    let verified = try hubSays("artifacts", "verify", "--json")
    #expect(verified.json["ok"] as? Int == 4, "\(verified.out)\(verified.err)")
    let doctor = try hubSays("doctor", "--json")
    #expect(doctor.status == 0, "\(doctor.out)")
  }

  @Test(
    "wrong keys, no bucket, nothing at the address: said before anything listens, and no secret")
  func refused() throws {
    func start(_ place: String, _ more: [String: String]) throws -> Binary.Answer {
      try fieldbook.run(
        ["hub", "--dir", "hub", "--workspace", "team", "--port", "0", "--objects", place],
        as: "hub", variables: variables.merging(more) { $1 })
    }
    let cases: [(String, [String: String], String)] = [
      ("s3://models/team", ["AWS_SECRET_ACCESS_KEY": "top-secret"], "SignatureDoesNotMatch"),
      ("s3://models/team", ["AWS_ACCESS_KEY_ID": "AKIANOBODY"], "InvalidAccessKeyId"),
      ("s3://no-such-bucket/team", [:], "no-such-bucket does not exist"),
      ("s3://models/team", ["AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1"], "cannot be reached"),
      ("models", [:], "does not begin with s3://"),
      ("s3://models/team", ["AWS_ACCESS_KEY_ID": ""], "AWS_ACCESS_KEY_ID is not set"),
    ]
    for (place, more, words) in cases {
      let answer = try start(place, more)
      #expect(answer.status == 1 && answer.out.isEmpty, "\(answer.out)")
      #expect(answer.err.contains(words), "\(answer.err)")
      #expect(!answer.err.contains("top-secret") && !answer.err.contains(moto.secretKey))
    }
    // None of them left a mark of a place that does not work.
    #expect(try hubSays("status", "--json").json["objects"] is NSNull)
  }

  @Test("while the bucket is away the hub serves on, files wait, and who asks for one is told")
  func away() throws {
    let log = fieldbook.root + "/hub.log"
    let (process, url) = try hub(log: log)
    defer { process.stop() }
    try fieldbook.clone("ana", url)
    try fieldbook.clone("bo", url)
    try push(try model("one.bin", 5_000_000, seed: 1), run: "one")
    #expect(try fieldbook.sync("ana").status == 0)
    try waitForUploads()
    moto.stop()
    try push(try model("two.bin", 5_000_000, seed: 2), run: "two")
    #expect(try fieldbook.sync("ana").status == 0)
    let sync = try fieldbook.sync("bo")
    #expect(sync.status == 1 && sync.err.contains("cannot reach its object storage"), "\(sync.err)")
    // All that was recorded came, and the file that waits at the hub.
    #expect(try fieldbook.stateHashes(["ana", "bo"]).count == 1)
    let here = try fieldbook.run("artifacts", "verify", "--json", "--dir", "bo", as: "bo")
    #expect(here.json["ok"] as? Int == 1 && here.json["not_here"] as? Int == 1)
    let status = try hubSays("status", "--json").json["objects"] as? [String: Any]
    #expect(status?["waiting_packs"] as? Int ?? 0 > 0)
    let verified = try hubSays("artifacts", "verify", "--json")
    #expect(verified.json["out_of_reach"] as? Int == 1 && verified.json["damaged"] as? Int == 0)
    #expect(try hubSays("doctor").status == 1)
    try waitUntil("the hub says it") {
      String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
        .contains("large files wait here")
    }
  }
}
