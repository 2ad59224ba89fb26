import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookRepository

@Suite("Attributes of large files")
struct LargeFileAttributesTests {
  @Test("git reads each name as it is, and no other")
  func names() throws {
    let folder = try TemporaryFolder()
    let git = try GitFolder(folder.path + "/r")
    let names = [
      "a.bin", "with space", "star*", "a[b]c", "q?", "back\\slash", "quo\"te", "ümlaut", "tab\tx",
      "#x", "!y", "deep/er/f",
    ]
    let text = LargeFileAttributes.text(names.map { TreePath("code/" + $0) })
    try Data(text).write(to: URL(fileURLWithPath: git.path + "/.gitattributes"))
    for name in names {
      let told = try git.git("check-attr", "-z", "filter", "--", "code/" + name)
      #expect(told.hasSuffix("\0filter\0lfs\0"), "\(name): \(told)")
    }
    for name in ["a.bin", "code/stars", "code/deep/a.bin", "code/abc", "code/qq", "code/x"] {
      let told = try git.git("check-attr", "-z", "filter", "--", name)
      #expect(told.hasSuffix("\0filter\0unspecified\0"), "\(name): \(told)")
    }
  }
}
