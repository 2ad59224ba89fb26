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
    #expect(SentFile.disposition("ab.txt") == "attachment; filename=ab.txt")
    #expect(SentFile.disposition("a b.txt") == "attachment; filename=\"a b.txt\"")
    #expect(SentFile.disposition("a\r\nb\"") == "attachment; filename=\"ab\\\"\"")
    #expect(
      SentFile.disposition("☃.txt") == "attachment; filename=.txt; filename*=UTF-8''%E2%98%83.txt")
    #expect(
      SentFile.disposition("ä\"\n")
        == "attachment; filename=\"a\\\"\"; filename*=UTF-8''%C3%A4%22%0A")
  }

  @Test("a part of a file is what was asked for") func ranges() throws {
    #expect(try SentFile.range("bytes=0-1", of: 10) == 0..<2)
    #expect(try SentFile.range("bytes=4-", of: 10) == 4..<10)
    #expect(try SentFile.range("bytes=-3", of: 10) == 7..<10)
    #expect(try SentFile.range("bytes=-30", of: 10) == 0..<10)
    #expect(try SentFile.range("bytes=8-100", of: 10) == 8..<10)
    for header in [nil, "bytes=", "bytes=5-4", "bytes=0-1,3-4", "lines=0-1", "bytes=a-b"] {
      #expect(try SentFile.range(header, of: 10) == nil)
    }
    for header in ["bytes=10-", "bytes=99-100"] {
      #expect(throws: MLflowError.self) { try SentFile.range(header, of: 10) }
    }
    #expect(throws: MLflowError.self) { try SentFile.range("bytes=-1", of: 0) }
  }

  @Test("a path that climbs, however it is wrapped, is none")
  func climbing() throws {
    for path in [
      "../x", "a/../../x", "%2e%2e/x", "%252e%252e/x", "/etc/passwd", "%2Fetc", "C:/x", "C:\\x",
      "\\\\host\\x", "file:///etc", "a#b", "a%00b", "%" + String(repeating: "25", count: 12) + "2e",
    ] {
      #expect(throws: MLflowError.self, "\(path)") { try ArtifactPath.check(path) }
    }
    for path in ["", "a", "a/b", "./a", "a//b", "a..b", "..a", "100%", "a%20b", "C:x", "\\x"] {
      try ArtifactPath.check(path)
    }
    #expect(ArtifactPath.normal("./a//b/") == "a/b")
  }
}
