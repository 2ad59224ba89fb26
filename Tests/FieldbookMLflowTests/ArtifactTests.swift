import FieldbookModel
import FieldbookWorkspace
import Testing

@testable import FieldbookMLflow

@Suite("Artifacts over the API")
struct ArtifactTests {
  private static let root = "/api/2.0/mlflow-artifacts/artifacts"

  @Test("files go up, are listed and come down the same")
  func transfer() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
      let base = "\(Self.root)/0/\(id)/artifacts"
      for path in ["a.bin", "deep/%C3%A4%20b.txt"] {
        let put = try await served.send("PUT", base + "/" + path, body: bytes, type: nil)
        #expect(put.status == 200)
        #expect(put.bytes.isEmpty)
        let got = try await served.get(base + "/" + path)
        #expect(got.bytes == bytes)
        #expect(got.headers.first(name: "X-Content-Type-Options") == "nosniff")
        #expect(got.headers.first(name: "Content-Disposition")?.hasPrefix("attachment") == true)
      }
      let listed = try await served.get("\(Self.root)?path=0/\(id)/artifacts/deep").json
      #expect(listed["files"]?.items?.compactMap { $0["path"]?.string } == ["ä b.txt"])
      let files = try await served.get("artifacts/list?run_id=\(id)").json["files"]?.items
      #expect(files?.map { $0["is_dir"] } == [.bool(false), .bool(true)])
      #expect(files?.first?["file_size"] == .integer(3_000_000))
    }
  }

  @Test("an empty file is a file")
  func empty() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let path = "\(Self.root)/0/\(try await served.makeRunID())/artifacts/nothing"
      #expect(try await served.send("PUT", path, body: [], type: nil).status == 200)
      let got = try await served.get(path)
      #expect(got.status == 200)
      #expect(got.bytes.isEmpty)
    }
  }

  @Test("paths that climb, folders and what is not there are refused")
  func refused() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let id = try await served.makeRunID()
      let base = "\(Self.root)/0/\(id)/artifacts"
      for path in ["/..%2f..%2fx", "/a%00b", "/a%5cb"] {
        #expect(
          try await served.send("PUT", base + path, body: [1], type: nil).status == 400, "\(path)")
      }
      _ = try await served.send("PUT", base + "/d/f", body: [1], type: nil)
      #expect(try await served.get(base + "/d").status == 400)
      let missing = try await served.get(base + "/none")
      #expect(missing.message == "No such artifact: '0/\(id)/artifacts/none'")
      let nobody = "\(Self.root)/0/\(RunID.random().hex)/artifacts/x"
      #expect(try await served.send("PUT", nobody, body: [1], type: nil).status == 404)
    }
  }

  @Test("a removed artifact is gone from the list")
  func removed() async throws {
    try await ServedWorkspace.serve { (served) async throws in
      let base = "\(Self.root)/0/\(try await served.makeRunID())/artifacts"
      for name in ["a/x", "a/y", "b"] {
        _ = try await served.send("PUT", "\(base)/\(name)", body: [1], type: nil)
      }
      #expect(try await served.send("DELETE", base + "/a").status == 200)
      #expect(try await served.get(base + "/a/x").status == 404)
      #expect(try await served.get(base + "/b").status == 200)
    }
  }

  @Test("names are safe in headers")
  func disposition() {
    #expect(ArtifactTransfer.disposition("a b.txt") == "attachment; filename=\"a b.txt\"")
    #expect(
      ArtifactTransfer.disposition("ä\"\n")
        == "attachment; filename=\"download\"; filename*=UTF-8''%C3%A4%22%0A")
  }
}
