import FieldbookRepository
import FieldbookTestSupport
import Foundation
import Testing

@Suite("Ignore rules")
struct IgnoreRulesTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, _ name: String) throws {
    let path = folder.path + "/" + name
    try FileManager.default.createDirectory(
      atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
  }

  private func ignored(_ names: [String], in below: String = "") throws -> [String] {
    let rules = try IgnoreRules(folder: folder.path + below, top: folder.path)
    return names.filter { rules?.ignores(folder.path + "/" + $0) == true }
  }

  @Test("without the file nothing is ignored")
  func none() throws {
    try write("*\n", ".gitignore")
    #expect(try IgnoreRules(folder: folder.path, top: folder.path) == nil)
  }

  @Test("the syntax is git's: folders, negation, anchors, **, comments")
  func syntax() throws {
    try write(
      "# what stays here\n*.env\n!public.env\n/top.txt\ndata/\nlogs/**/raw\n\\#odd\n",
      ".fieldbookignore")
    let all = [
      "a.env", "sub/a.env", "public.env", "sub/public.env", "top.txt", "sub/top.txt",
      "data/x", "sub/data/y/z", "datax", "logs/a/b/raw", "raw", "#odd", "ä/ö.env",
    ]
    #expect(
      try ignored(all) == [
        "a.env", "sub/a.env", "top.txt", "data/x", "sub/data/y/z", "logs/a/b/raw", "#odd",
        "ä/ö.env",
      ])
  }

  @Test("files in folders below add rules, those above count, and git's own ignore files do not")
  func nested() throws {
    try write("*.bin\n", ".fieldbookignore")
    try write("!keep.bin\n*.txt\n", "a/b/.fieldbookignore")
    try write("*\n", "a/.gitignore")
    #expect(
      try ignored(["x.bin", "a/b/keep.bin", "a/b/c.txt", "a/c.txt", "a/b/x.bin"]) == [
        "x.bin", "a/b/c.txt", "a/b/x.bin",
      ])
    try write("/only.here\nx/y.txt\n", "odd [1]/.fieldbookignore")
    #expect(
      try ignored(["odd [1]/only.here", "odd [1]/z/only.here", "odd [1]/x/y.txt", "only.here"])
        == ["odd [1]/only.here", "odd [1]/x/y.txt"])
    #expect(try ignored(["a/x.bin", "a/b/keep.bin"], in: "/a") == ["a/x.bin"])
  }

  @Test("a path outside is not ignored, and nothing is left behind")
  func outside() throws {
    try write("*\n", ".fieldbookignore")
    func remains() throws -> Int {
      try FileManager.default.contentsOfDirectory(atPath: NSTemporaryDirectory())
        .filter { $0.hasPrefix("fieldbook-ignore-") }.count
    }
    do {
      let rules = try #require(try IgnoreRules(folder: folder.path, top: folder.path))
      #expect(rules.ignores(folder.path + "/x"))
      #expect(!rules.ignores("/etc/passwd") && !rules.ignores(folder.path + "x"))
      #expect(try remains() > 0)
    }
    #expect(try ignored(["x"]) == ["x"])
  }
}
