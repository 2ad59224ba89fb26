import FieldbookModel
import Testing

@Suite("Paths as text")
struct PathTextTests {
  @Test(
    "the folder of a path",
    arguments: [
      ("a/b/c", "a/b"), ("/a/b", "/a"), ("/a", "/"), ("/", "/"), ("//", "/"), ("a", ""), ("", ""),
      ("ü", ""), ("a/", ""), ("a/b/", "a"), ("a//b", "a"), ("./z", "."), ("//a", "/"),
    ])
  func folders(_ path: String, _ folder: String) {
    #expect(PathText.folder(of: path) == folder)
  }
}
