import FieldbookModel
import Testing

@Suite("Files that are folders, too")
struct ArtifactFolderTests {
  @Test("those alone whose name others have for a folder, however deep")
  func foldersToo() {
    func files(_ paths: String...) -> [Artifact] {
      paths.map {
        Artifact(path: $0, digest: ContentDigest(sha256: []), byteCount: 0, isHere: true)
      }
    }
    #expect(Artifact.foldersToo(files("out", "out/x", "outer", "b/c/d", "b")) == ["out", "b"])
    #expect(Artifact.foldersToo(files("a/b", "a/b/c", "a/b/c/d")) == ["a/b", "a/b/c"])
    #expect(Artifact.foldersToo(files("a", "ab", "a.txt", "c/a")).isEmpty)
  }
}
