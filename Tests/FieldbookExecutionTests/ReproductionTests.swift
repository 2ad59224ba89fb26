import FieldbookModel
import FieldbookRepository
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("What a run is done again from")
struct ReproductionTests {
  @Test("lines of packages are names and versions, or places; pip's options are none")
  func packages() {
    #expect(RequiredPackage("numpy==2.4.6")?.version == "2.4.6")
    #expect(RequiredPackage("torch==2.4.0+cu121")?.line == "torch==2.4.0+cu121")
    let git = RequiredPackage("team @ git+https://example.org/team.git@0123abc")
    #expect(git?.source == .url("git+https://example.org/team.git@0123abc"))
    #expect(git?.isOutOfReach == nil)
    #expect(RequiredPackage("lib @ file:///home/ana/lib")?.isOutOfReach != nil)
    for line in [
      "", "numpy", "numpy>=2", "==2", "--index-url=https://evil.example==1", "-r other.txt",
      "a==1 --hash=x", "a==1;python_version", "a b==1", "a @ ../x", "a @ https://x y", "./a==1",
      "a==", "a @ ://x", "a==1\\",
    ] { #expect(RequiredPackage(line) == nil, "\(line)") }
  }

  @Test("a Python's minor version is two numbers, and nothing that leads elsewhere")
  func minor() {
    #expect(PythonFacts.minor(of: "3.11.2") == "3.11" && PythonFacts.minor(of: "3.13") == "3.13")
    for text in ["", "3", "3.", "3.x", "../../x", "3.11/../x", "3.11 2", "33333.1"] {
      #expect(PythonFacts.minor(of: text) == nil, "\(text)")
    }
  }

  @Test("an interpreter is the recorded one if it is here, never another program that was recorded")
  func interpreters() throws {
    let folder = try TemporaryFolder()
    for (name, version) in [("python3.11", "3.11.4"), ("python3", "3.12.1"), ("other", "9.9.9")] {
      let path = folder.path + "/" + name
      try Data("#!/bin/sh\nprintf '\(version)\\n%s\\nsix==1\\n' \"$0\"\n".utf8)
        .write(to: URL(fileURLWithPath: path))
      #expect(chmod(path, 0o755) == 0)
    }
    let here = Interpreters(
      variables: ["PATH": folder.path + ":/nowhere"], folder: folder.path)
    func found(_ word: String, _ executable: String? = nil) -> String? {
      here.atHand(for: word, executable: executable)?.program
    }
    #expect(found("python3.11") == "python3.11")
    #expect(found(".venv/bin/python3.11") == "python3.11")
    let own = folder.path + "/python3.11"
    #expect(found("/gone/python3", own) == own && found("python3", own) == "python3")
    #expect(found("/gone/python3", folder.path + "/other") == "python3")
    #expect(found("/gone/python9") == "python3")
    #expect(here.base(minor: "3.11")?.program == "python3.11")
    #expect(here.base(minor: "3.12")?.facts.version == "3.12.1")
    #expect(here.base(minor: "3.7")?.program == "python3" && here.base(minor: nil) != nil)
  }

  @Test("packages differ by version; names are one however they are written")
  func differences() {
    func read(_ text: String) -> [RequiredPackage] { RequiredPackage.read(text) }
    let found = PackageDifference.between(
      read("Foo_Bar==1\nnumpy==2\nscipy==3\n"), read("foo-bar==1\nnumpy==2.1\nmore==9\n"))
    #expect(
      found == [
        PackageDifference(name: "numpy", recorded: "2", here: "2.1"),
        PackageDifference(name: "scipy", recorded: "3", here: nil),
      ])
    #expect(found.map(\.words) == ["numpy 2 is 2.1", "scipy 3 is not there"])
  }

  @Test("secrets go back where they were masked, in order; each that lacks is named")
  func secrets() throws {
    let recorded = ["./x", "--token", "***", "--url=https://***@h/***"]
    var words = CommandWords(recorded)
    #expect(
      throws: ReproductionFailure.secrets([
        "word 3, ***", "word 4, --url=https://***@h/***",
      ])
    ) { try words.addSecrets(["FIELDBOOK_SECRET_2": "b"]) }
    words = CommandWords(recorded)
    try words.addSecrets([
      "FIELDBOOK_SECRET_1": "a", "FIELDBOOK_SECRET_2": "b", "FIELDBOOK_SECRET_3": "",
    ])
    #expect(words.words == ["./x", "--token", "a", "--url=https://b@h/"])
  }

  @Test("paths of the project and of data lead to where they are here, and no other words change")
  func words() {
    var words = CommandWords([
      "/home/ana/p/run.sh", "/home/ana/p", "--in=/mnt/x.csv", "/home/ana/pp/y", "../d.csv",
      "--out=/home/ana/p/out", "d.csv",
    ])
    let found = [("/mnt/x.csv", "/here/x.csv"), ("../d.csv", "/here/d.csv"), ("/mnt", "/here")].map
    {
      words.replace(path: $0.0, by: $0.1)
    }
    #expect(found == [true, true, false])
    words.move("/home/ana/p", to: "/new/code")
    #expect(
      words.words == [
        "/new/code/run.sh", "/new/code", "--in=/here/x.csv", "/home/ana/pp/y", "/here/d.csv",
        "--out=/new/code/out", "d.csv",
      ])
    #expect(words.changes.count == 5)
  }

  @Test("a link to data is made below the folder, never through a link that leads out")
  func links() throws {
    let folder = try TemporaryFolder()
    let top = folder.path + "/code"
    for name in ["/code", "/outside", "/data"] {
      try FileManager.default.createDirectory(
        atPath: folder.path + name, withIntermediateDirectories: false)
    }
    try Data("keep".utf8).write(to: URL(fileURLWithPath: folder.path + "/outside/x.csv"))
    #expect(symlink("../outside", top + "/way") == 0)
    #expect(throws: ReproductionFailure.notPlain("way")) {
      try PlacedData.link("way/x.csv", below: top, to: folder.path + "/data")
    }
    #expect(
      FileManager.default.contents(atPath: folder.path + "/outside/x.csv") == Data("keep".utf8))
    for path in [".", "..", "../outside/x.csv", ""] {
      #expect(throws: ReproductionFailure.notPlain(path)) {
        try PlacedData.link(path, below: top, to: folder.path + "/data")
      }
    }
    try PlacedData.link("a/b/c", below: top, to: folder.path + "/data")
    // What stands there is our own copy.
    try Data("old".utf8).write(to: URL(fileURLWithPath: top + "/f"))
    try PlacedData.link("f", below: top, to: folder.path + "/data")
    try PlacedData.link("way", below: top, to: folder.path + "/data")
    for name in ["/a/b/c", "/f", "/way"] {
      #expect(
        try FileManager.default.destinationOfSymbolicLink(atPath: top + name)
          == folder.path + "/data")
    }
    #expect(
      FileManager.default.contents(atPath: folder.path + "/outside/x.csv") == Data("keep".utf8))
  }

  @Test("a snapshot whose documents lead elsewhere is refused")
  func hostile() throws {
    func entry(_ text: String) throws -> [DataDocument.Entry] {
      try JSONDecoder().decode(
        DataDocument.self, from: Data(#"{"datasets":[\#(text)]}"#.utf8)
      ).datasets
    }
    let digest = "sha256:" + String(repeating: "0a", count: 32)
    func read(_ path: String, _ digest: String) throws -> [RecordedData]? {
      RecordedData.all(
        try entry(#"{"name":"x","kind":"file","path":"\#(path)","digest":"\#(digest)"}"#), [],
        root: nil, folder: nil)
    }
    #expect(try read("data/x.csv", digest)?.first?.place == .inside("data/x.csv"))
    #expect(try read("/mnt/x.csv", digest)?.first?.place == .outside("/mnt/x.csv"))
    for path in ["../x", "a/../../x", "", "a//b", "./x"] {
      #expect(try read(path, digest) == nil, "\(path)")
    }
    #expect(try read("x", "sha256:00") == nil && read("x", digest.uppercased()) == nil)
    for folder in ["..", "/etc", "a/../..", ""] {
      var facts = CodeFacts(command: ["true"], environment: [:])
      facts.folder = folder
      #expect(!facts.isSound, "\(folder)")
    }
  }

  @Test("names of data are told, or are the path's last part")
  func given() throws {
    func name(_ text: String) throws -> [String] {
      let one = try GivenData(text)
      return [one.name, one.given]
    }
    #expect(try name("data/train.csv") == ["train.csv", "data/train.csv"])
    #expect(try name("images=/mnt/cats/") == ["images", "/mnt/cats/"])
    #expect(try name("./a=b.csv") == ["a=b.csv", "./a=b.csv"])
    #expect(try name("s3://bucket/x.csv") == ["x.csv", "s3://bucket/x.csv"])
    #expect(try GivenData("s3://bucket/x").isURI && !GivenData("file:///x").isURI)
    #expect(try GivenData("C://x").isURI && !GivenData("a b://x").isURI)
    for text in ["", "x=", "..", ".", "/", "a=b\u{0}"] {
      #expect(throws: InvalidInput.self) { try GivenData(text) }
    }
    #expect(throws: InvalidInput.self) { try GivenData.read(["a/x", "b/x"]) }
  }
}

@Suite("Data that a script tells of")
struct LoggedDataTests {
  let folder: TemporaryFolder
  let workspace: Workspace
  let run: RunID

  init() throws {
    folder = try TemporaryFolder()
    let clock = ManualClock()
    workspace = try TestMachine.team(["ana"], root: folder.path, clock: clock)[0]
    run = try workspace.newRun("r")
  }

  @Test(
    "while the command runs they are looked for as well; a file that it wrote is said to be its own"
  )
  func during() async throws {
    let old = folder.path + "/old.csv"
    try Data("1\n".utf8).write(to: URL(fileURLWithPath: old))
    var times = [
      timeval(tv_sec: 1_000_000_000, tv_usec: 0), timeval(tv_sec: 1_000_000_000, tv_usec: 0),
    ]
    #expect(utimes(old, &times) == 0)
    let new = folder.path + "/new.csv"
    try Data("2\n".utf8).write(to: URL(fileURLWithPath: new))
    let logged = LoggedData(workspace, run, folder: folder.path, told: { _, _ in })
    let watch = logged.watch()
    try workspace.addDatasets(
      run, [dataset("old", "local", old), dataset("new", "local", new)], durability: .script)
    func whens() throws -> [String?] {
      try workspace.datasets(of: run).map { $0.tags[ContentTag.when] }
    }
    for _ in 0..<600 where try whens() != ["during", "during"] {
      try await Task.sleep(for: .milliseconds(50))
    }
    watch.cancel()
    await watch.value
    #expect(try whens() == ["during", "during"])
    let made = try workspace.datasets(of: run).reduce(into: [:]) {
      $0[$1.name] = $1.tags[ContentTag.made]
    }
    #expect(made == ["new": "true"])
    let told = RecordedData.all([], try workspace.datasets(of: run), root: nil, folder: nil)
    #expect(told?.map(\.name) == ["old"])
    #expect(
      await logged.finish().captured.allSatisfy { $0.hasSuffix("taken while the command ran)") })
  }

  private func dataset(_ name: String, _ type: String, _ uri: String) -> Dataset {
    Dataset(
      name: name, digest: "d0ca2a63", sourceType: type, source: #"{"uri": "\#(uri)"}"#,
      schema: nil, profile: nil, context: "training", tags: ["k": "v"])
  }

  @Test("files of this machine get their content's digest; what cannot be read is named")
  func digests() async throws {
    try Data("1,2\n".utf8).write(to: URL(fileURLWithPath: folder.path + "/x.csv"))
    try workspace.addDatasets(
      run,
      [
        dataset("plain", "local", folder.path + "/x.csv"), dataset("relative", "local", "x.csv"),
        dataset("url", "local", "file://\(folder.path)/x.csv"),
        dataset("far", "http", "https://example.org/x.csv"),
        dataset("gone", "local", "/nowhere/x.csv"),
      ], durability: .script)
    let logged = LoggedData(workspace, run, folder: folder.path, told: { _, _ in })
    let (captured, notCaptured) = await logged.finish()
    let known = Dictionary(
      uniqueKeysWithValues: try workspace.datasets(of: run).map { ($0.name, $0) })
    let content = "sha256:" + ContentDigest(sha256: Array("1,2\n".utf8)).hex
    for name in ["plain", "relative", "url"] {
      #expect(known[name]?.tags[ContentTag.content] == content)
      #expect(known[name]?.tags[ContentTag.when] == "end" && known[name]?.tags["k"] == "v")
      #expect(known[name]?.context == "training" && known[name]?.digest == "d0ca2a63")
    }
    #expect(known["far"]?.tags == ["k": "v"] && known["gone"]?.tags == ["k": "v"])
    #expect(captured.count == 3 && captured[0].hasSuffix("taken at the end of the run)"))
    #expect(notCaptured.count == 1 && notCaptured[0].hasPrefix("the content of data gone ("))
    // The next look finds nothing new.
    #expect(await logged.finish().captured.count == 3)
  }
}
