import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookExecution

@Suite("Hashes of packages")
struct PackageHashTests {
  private static let (one, two) = (
    String(repeating: "1a", count: 32), String(repeating: "2b", count: 32)
  )

  private func read(_ lines: String...) -> [PackageHash] {
    PackageHash.read(lines.joined(separator: "\n"))
  }

  @Test("a line is a package, what its hash is of, and a SHA-256; nothing else is one")
  func lines() {
    let line = "numpy==2.4.6 record sha256:" + Self.one
    #expect(PackageHash(line)?.line == line && PackageHash(line)?.kind == .record)
    for line in [
      "", "numpy", "numpy==2 record", "numpy==2 other sha256:" + Self.one,
      "numpy==2 record sha256:1a", "numpy==2 record md5:" + Self.one,
      "-r==2 record sha256:" + Self.one,
      "a @ https://x record sha256:" + Self.one, "a==1  record sha256:" + Self.one,
      String(repeating: "a", count: 500) + "==1 record sha256:" + Self.one,
    ] { #expect(PackageHash(line) == nil, "\(line)") }
  }

  @Test("pip is told the hashes of the very version, or of the file behind a URL")
  func pins() {
    let packages = RequiredPackage.read(
      "Foo_Bar==1\nnumpy==2\nlib @ https://e.org/lib-1.whl\ngit @ git+https://e.org/g.git@01\n")
    let hashes = read(
      "foo-bar==1 locked sha256:" + Self.two, "foo-bar==1 locked sha256:" + Self.one,
      "foo-bar==2 locked sha256:" + Self.two, "numpy==2 record sha256:" + Self.one,
      "numpy==2 conda sha256:" + Self.one, "lib==1 archive sha256:" + Self.two,
      "git==1 archive sha256:" + Self.two)
    #expect(
      PackagePin.all(packages, hashes).map(\.line) == [
        "Foo_Bar==1 --hash=sha256:\(Self.one) --hash=sha256:\(Self.two)", "numpy==2",
        "lib @ https://e.org/lib-1.whl --hash=sha256:\(Self.two)",
        "git @ git+https://e.org/g.git@01",
      ])
  }

  @Test("of one version, with other files: named; another version is another matter")
  func otherFiles() {
    let recorded = read(
      "a==1 record sha256:" + Self.one, "B_c==1 record sha256:" + Self.one,
      "d==1 record sha256:" + Self.one, "e==1 locked sha256:" + Self.one,
      "f==1 record sha256:" + Self.one)
    let here = read(
      "a==1 record sha256:" + Self.one, "b-c==1 record sha256:" + Self.two,
      "d==2 record sha256:" + Self.two, "e==1 locked sha256:" + Self.two)
    #expect(PackageHash.otherFiles(recorded, here).map(\.name) == ["B_c"])
    #expect(PackageHash.otherFiles(recorded, recorded) == [])
  }

  private static let python =
    ProcessInfo.processInfo.environment["FIELDBOOK_TEST_PYTHON"] ?? "python3"

  /// Packages as an installer leaves them, in an environment of its own.
  private func layOut(_ site: String, scripts: String, compiled: Bool) throws {
    func write(_ text: String, _ path: String) throws {
      let path = site + "/" + path
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    let record = """
      alpha/__init__.py,sha256=AAAA,3
      "alpha/a,b.py",sha256=BBBB,4
      ../../../bin/alpha,sha256=\(scripts),9
      alpha-1.0.dist-info/INSTALLER,sha256=\(scripts),4
      alpha-1.0.dist-info/RECORD,,
      \(compiled ? "alpha/__pycache__/__init__.cpython-311.pyc,,\n" : "")
      """
    try write("Metadata-Version: 2.1\nName: alpha\nVersion: 1.0\n", "alpha-1.0.dist-info/METADATA")
    try write(record, "alpha-1.0.dist-info/RECORD")
    try write("Metadata-Version: 2.1\nName: be.ta\nVersion: 2\n", "be_ta-2.dist-info/METADATA")
    try write(
      #"{"url": "https://e.org/beta-2.whl", "archive_info": {"hashes": {"sha256": "\#(Self.two)"}}}"#,
      "be_ta-2.dist-info/direct_url.json")
    try write("Metadata-Version: 2.1\nName: gamma\nVersion: 3\n", "gamma-3.dist-info/METADATA")
    try write("\u{1}not a record\"", "gamma-3.dist-info/RECORD")
    try write("{", "gamma-3.dist-info/direct_url.json")
  }

  @Test(
    "an interpreter tells what is known: installed files, archives, conda's files, the project's locks"
  )
  func asked() throws {
    let folder = try TemporaryFolder()
    let (one, two) = (Self.one, Self.two)
    func write(_ text: String, _ path: String) throws {
      let path = folder.path + "/" + path
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
    let made = try Command(Self.python, ["-m", "venv", "--without-pip", folder.path + "/venv"])
      .answer()
    #expect(made.status == 0, "\(made.err)")
    try layOut(folder.path + "/site1", scripts: "XXXX", compiled: true)
    try layOut(folder.path + "/site2", scripts: "YYYY", compiled: false)
    try write(
      #"{"name": "libblas", "version": "3.9.0", "sha256": "\#(one)"}"#,
      "venv/conda-meta/libblas-3.9.0-0.json")
    try write("[]", "venv/conda-meta/odd.json")
    // The lock of a folder above counts, up to the repository's top.
    try write("gamma==3 --hash=sha256:\(two)\n", "requirements.txt")
    try write("", "project/.git/HEAD")
    try write(
      """
      --index-url https://e.org
      alpha[extra]==1.0 ; python_version > "3" \\
          --hash=sha256:\(one) \\
          --hash=md5:00
      be-ta==9 --hash=sha256:\(one)
      """, "project/requirements-lock.txt")
    try write(
      """
      [[package]]
      name = "be-ta"
      version = "2"
      sdist = { url = "https://e.org/b.tar.gz", hash = "sha256:\(one)" }
      wheels = [{ url = "https://e.org/b.whl", hash = "sha256:\(two)" }]
      """, "project/uv.lock")
    try write("[[package", "project/poetry.lock")
    try write(
      """
      [[packages]]
      name = "alpha"
      version = "1.0"
      [[packages.wheels]]
      [packages.wheels.hashes]
      sha256 = "\(two)"
      """, "project/src/pylock.toml")
    func ask(_ site: String) throws -> PythonFacts {
      try #require(
        PythonFacts.ask(
          folder.path + "/venv/bin/python", folder: folder.path + "/project/src",
          variables: ["PYTHONPATH": folder.path + "/" + site], patience: .seconds(60)))
    }
    let facts = try ask("site1")
    #expect(facts.packages == ["alpha==1.0", "be.ta @ https://e.org/beta-2.whl", "gamma==3"])
    let record = ContentDigest(
      sha256: Array("alpha/__init__.py,sha256=AAAA\nalpha/a,b.py,sha256=BBBB\n".utf8))
    #expect(
      facts.hashes.map(\.line) == [
        "alpha==1.0 locked sha256:" + one, "alpha==1.0 locked sha256:" + two,
        "alpha==1.0 record sha256:" + record.hex, "be.ta==2 archive sha256:" + two,
        "be.ta==2 locked sha256:" + one, "be.ta==2 locked sha256:" + two,
        "libblas==3.9.0 conda sha256:" + one,
      ])
    #expect(
      try ask("site2").hashes == facts.hashes, "where it lies and who put it there is no matter")
  }
}
