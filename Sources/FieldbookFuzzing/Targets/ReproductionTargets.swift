import FieldbookExecution
import FieldbookModel
import FieldbookRepository
import Foundation

extension FuzzTarget {
  /// What a run is done again from, as a peer's snapshot tells it, and what is read of data.
  static let reproduction: [FuzzTarget] = [
    FuzzTarget("recorded-data", seeds: dataDocuments.map { Array($0.utf8) }) { bytes in
      let document = try JSONDecoder().decode(DataDocument.self, from: Data(bytes))
      let found = RecordedData.all(document.datasets, [], root: "/home/ana/p", folder: nil) ?? []
      try promise(found.count <= document.datasets.count, "recorded-data: more than there is")
      try promise(
        Set(found.map(\.name)).count == found.count, "recorded-data: one name twice")
      for one in found {
        guard case .inside(let path) = one.place else { continue }
        let names = path.split(separator: "/", omittingEmptySubsequences: false)
        try promise(
          path == "." || !names.contains { $0.isEmpty || $0 == "." || $0 == ".." },
          "recorded-data: a path that leads out")
      }
    },
    FuzzTarget("code-facts", seeds: codeDocuments.map { Array($0.utf8) }) { bytes in
      let facts = try JSONDecoder().decode(CodeFacts.self, from: Data(bytes))
      guard facts.isSound else { return }
      try promise(!facts.command.isEmpty, "code-facts: nothing to run")
      let names = (facts.folder ?? ".").split(separator: "/", omittingEmptySubsequences: false)
      try promise(
        facts.folder?.hasPrefix("/") != true && !names.contains { $0.isEmpty || $0 == ".." },
        "code-facts: a folder that leads out")
    },
    FuzzTarget("required-packages", seeds: packages.map { Array($0.utf8) }) { bytes in
      for one in RequiredPackage.read(String(decoding: bytes, as: UTF8.self)) {
        try promise(RequiredPackage(one.line) == one, "required-packages: written otherwise")
        let words = one.line.split(separator: " ", omittingEmptySubsequences: false)
        try promise(
          !one.line.hasPrefix("-") && (words.count == 1 || words.count == 3 && words[1] == "@"),
          "required-packages: what pip takes for an option")
        try promise(!one.line.contains(";") && !one.line.contains("\n"), "required-packages: more")
      }
    },
    FuzzTarget("package-hashes", seeds: hashes.map { Array($0.utf8) }) { bytes in
      let found = PackageHash.read(String(decoding: bytes, as: UTF8.self))
      for one in found {
        try promise(PackageHash(one.line) == one, "package-hashes: written otherwise")
        try promise(
          RequiredPackage("\(one.name)==\(one.version)") != nil, "package-hashes: of no package")
      }
      try promise(
        PackageHash.otherFiles(found, found).isEmpty, "package-hashes: differ from themselves")
    },
    FuzzTarget("given-data", maxBytes: 512, seeds: given.map { Array($0.utf8) }) { bytes in
      let one = try GivenData(String(decoding: bytes, as: UTF8.self))
      try promise(!one.name.isEmpty && !one.given.isEmpty, "given-data: nothing")
    },
    FuzzTarget("digest-cache", seeds: [DigestCache().bytes, caches]) { bytes in
      guard bytes.count >= 32 else { return }
      let body = Array(bytes.dropLast(32))
      let whole = body + ContentDigest(sha256: body).bytes
      guard let cache = DigestCache(whole) else { return }
      try promise(cache.bytes == whole, "digest-cache: written otherwise")
    },
    FuzzTarget("column-names", seeds: tables.map { Array($0.utf8) }) { bytes in
      for isTabbed in [false, true] {
        guard let names = ColumnNames.read(bytes, isTabbed: isTabbed) else { continue }
        try promise(names.count <= 1000, "column-names: too many")
        try promise(Set(names).count == names.count, "column-names: one twice")
        try promise(
          names.allSatisfy { $0.count <= 500 && Double($0) == nil }, "column-names: a value")
      }
    },
    FuzzTarget("system-packages", seeds: statuses.map { Array($0.utf8) }) { bytes in
      let found = SystemPackages.read(status: bytes)
      try promise(
        found.allSatisfy { !$0.name.isEmpty && !$0.version.isEmpty }, "system-packages: nothing")
      try promise(
        found.allSatisfy { SystemPackages.isOfNote($0.name) }, "system-packages: others")
    },
  ]

  private static let digest = "sha256:" + String(repeating: "0a", count: 32)
  private static let dataDocuments = [
    #"{"datasets":[]}"#,
    #"{"datasets":[{"name":"x","context":null,"path":"data/x.csv","given":"data/x.csv","kind":"file","digest":"\#(digest)","size":3,"files":1,"schema":{"columns":["a"]}}]}"#,
    #"{"datasets":[{"name":"y","path":"/mnt/y","kind":"folder","digest":"\#(digest)"},{"name":"z","uri":"s3://b/z","kind":"uri","digest":null}]}"#,
  ]
  private static let codeDocuments = [
    #"{"command":["python","train.py"],"folder":".","git_commit":"ab","files":2,"bytes":30}"#,
    #"{"command":["./x"],"folder":"a/b","left_out":[{"path":".env","reason":"r"}],"submodules":[{"path":"s","commit":""}]}"#,
  ]
  private static let packages = [
    "numpy==2.4.6\nFoo_Bar==1.0+cu121\n", "a @ git+https://e.org/a.git@01\nb @ file:///x\n",
  ]
  private static let hashes = [
    "numpy==2.4.6 record \(digest)\nFoo_Bar==1.0 locked \(digest)\n",
    "foo-bar==1.0 archive \(digest)\nlibblas==3 conda \(digest)\n",
  ]
  private static let given = ["data/x.csv", "n=/mnt/a b/", "s3://b/x", "file:///x", "./a=b"]
  private static let caches =
    Array(
      "fieldbook-digests 1\n\u{1}\0\0\0".utf8) + [UInt8](repeating: 1, count: 64) + [97]
    + [UInt8](repeating: 0, count: 32)
  private static let tables = [
    "a,b\n1,2\n", "\u{FEFF}\"x, y\";z\r\n", "a\tb\n", "1,2\n", "\"a\"\"b\",c\n",
  ]
  private static let statuses = [
    "Package: libc6\nStatus: install ok installed\nVersion: 2.36-9\n\nPackage: vim\nVersion: 1\n",
    "Package: libopenblas0\nStatus: deinstall ok config-files\nVersion: 0.3\n",
  ]
}
