import FieldbookModel
import Testing

@testable import FieldbookMLflow

@Suite("Who is let in")
struct GuardTests {
  @Test("only this server's own loopback names with its port are answered")
  func hosts() {
    let rule = LoopbackRule(port: 5000)
    for host in ["localhost:5000", "127.0.0.1:5000", "[::1]:5000", "LOCALHOST:5000"] {
      #expect(rule.admits(host: host, origin: nil), "\(host)")
    }
    for host in [
      "localhost", "localhost:5001", "evil.example:5000", "127.0.0.1.evil.example:5000", "",
      "0.0.0.0:5000",
      "127.0.0.1:5000@evil.example",
    ] {
      #expect(!rule.admits(host: host, origin: nil), "\(host)")
    }
    #expect(!rule.admits(host: nil, origin: nil))
  }

  @Test("a page of another origin is refused")
  func origins() {
    let rule = LoopbackRule(port: 5000)
    #expect(rule.admits(host: "localhost:5000", origin: "http://localhost:5000"))
    for origin in [
      "http://evil.example", "https://localhost:5000", "null", "http://localhost:5001", "",
    ] {
      #expect(!rule.admits(host: "localhost:5000", origin: origin), "\(origin)")
    }
  }

  @Test("the token comes as Bearer, or as the password of Basic")
  func tokens() {
    #expect(TokenGuard.admits("Bearer secret", token: "secret"))
    #expect(TokenGuard.admits("bearer secret", token: "secret"))
    // user:secret, :secret, a:b:secret
    #expect(TokenGuard.admits("Basic dXNlcjpzZWNyZXQ=", token: "secret"))
    #expect(TokenGuard.admits("Basic OnNlY3JldA==", token: "secret"))
    #expect(!TokenGuard.admits("Basic YTpiOnNlY3JldA==", token: "secret"))
    for header in [
      "", "Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "Basic secret", "Basic !!",
      "secret",
    ] {
      #expect(!TokenGuard.admits(header, token: "secret"), "\(header)")
    }
  }
}

@Suite("MLflow's rules for names")
struct EntryRulesTests {
  @Test(
    "paths are normal as Python's posixpath has them",
    arguments: [
      ("", "."), ("a", "a"), ("a//b", "a/b"), ("a/./b", "a/b"), ("a/../b", "b"), ("../a", "../a"),
      ("/..", "/"), ("//a", "//a"), ("///a", "/a"), ("a/", "a"), ("a/..", "."), ("..", ".."),
    ])
  func normalPaths(_ path: String, _ normal: String) {
    #expect(PythonText.normalPath(path) == normal)
  }

  @Test("keys that MLflow refuses are refused with its words")
  func keys() {
    #expect(
      throws: MLflowError.invalid(
        "Invalid value \"m\\\\\" for parameter 'name' supplied: Names may only contain alphanumerics,"
          + " underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/)."
      )
    ) { try EntryRules.metricKey("m\\", path: "name") }
    #expect(
      throws: MLflowError.invalid(
        "Invalid value \"a//b\" for parameter 'key' supplied: Names may be treated as files in certain"
          + " cases, and must not resolve to other names when treated as such. This name would resolve"
          + " to 'a/b'"
      )
    ) { try EntryRules.key("a//b", path: "key", kind: "key") }
    #expect(
      throws: MLflowError.invalid(
        "'Metric name' exceeds the maximum length of 250 characters"
      )
    ) { try EntryRules.metricKey(String(repeating: "x", count: 251), path: "name") }
    #expect(throws: Never.self) { try EntryRules.metricKey("val/größe-1.a: b_c", path: "name") }
  }

  @Test("a long param is cut where MLflow's server cuts it")
  func longParams() throws {
    let (_, value) = try EntryRules.parameter("p", String(repeating: "ä", count: 7000))
    #expect(value == String(repeating: "ä", count: 6000))
  }

  @Test("reserved aliases are refused", arguments: ["latest", "LATEST", "v1", "V22"])
  func reserved(_ alias: String) {
    #expect(throws: MLflowError.self) { try EntryRules.aliasIsFree(alias) }
  }

  @Test("other aliases are free", arguments: ["champion", "v", "v1a", "last"])
  func free(_ alias: String) {
    #expect(throws: Never.self) { try EntryRules.aliasIsFree(alias) }
  }
}

@Suite("Addresses")
struct AddressTests {
  private let run = RunID.random()
  private let model = LoggedModelID.random()

  @Test("the owner and the path are read, the experiment does not matter")
  func addresses() throws {
    let file = try ArtifactAddress("17/\(run.hex)/artifacts/a/b.txt")
    #expect(file.owner == .run(run))
    #expect(file.path == "a/b.txt")
    #expect(try ArtifactAddress("0/\(run.hex)/artifacts").path == "")
    #expect(
      try ArtifactAddress("3/models/\(model.modelText)/artifacts/MLmodel").owner == .model(model))
  }

  @Test("what climbs is refused")
  func climbing() {
    for path in [
      "../x", "/etc/passwd", "1/\(run.hex)/artifacts/../../x", "1/\(run.hex)/artifacts/a\\b",
    ] {
      #expect(throws: MLflowError.invalid("Invalid path")) { try ArtifactAddress(path) }
    }
  }

  @Test("a broken escape and invalid UTF-8 in an address are refused")
  func escapes() throws {
    #expect(try PercentCoding.decodePath("a%20b%C3%A4+c") == "a bä+c")
    #expect(try PercentCoding.decodeQuery("k=a+b%2B&x&k=2").map(\.value) == ["a b+", "", "2"])
    for text in ["%", "%2", "%zz", "%ff"] {
      #expect(throws: MLflowError.self) { try PercentCoding.decodePath(text) }
    }
  }

  @Test("a folder's entries are listed once each, by name")
  func folders() throws {
    let digest = try #require(ContentDigest(bytes: [UInt8](repeating: 1, count: 32)))
    let artifacts = ["z.txt", "deep/a", "deep/b/c", "deeper/x"].map {
      Artifact(path: $0, digest: digest, byteCount: 3, isHere: true)
    }
    let names = { (entries: [JSON]) in entries.compactMap { $0["path"]?.string } }
    #expect(
      names(ArtifactFolder.list(artifacts, folder: "", prefix: "")) == ["deep", "deeper", "z.txt"])
    #expect(
      names(ArtifactFolder.list(artifacts, folder: "deep", prefix: "deep")) == ["deep/a", "deep/b"])
    #expect(names(ArtifactFolder.list(artifacts, folder: "z.txt", prefix: "")).isEmpty)
  }

  @Test("sources of model versions are told apart")
  func sources() {
    #expect(ModelSource("models:/\(model.modelText)").loggedModel == model)
    #expect(ModelSource("models:/churn/7").kind == .registered(name: "churn", .version("7")))
    #expect(
      ModelSource("models:/churn/Latest").kind == .registered(name: "churn", .latest))
    #expect(ModelSource("models:/a@b@c").kind == .registered(name: "a@b", .alias("c")))
    #expect(ModelSource("models:/churn@ ").kind == .malformed)
    #expect(ModelSource("models:/a/b/c").kind == .malformed)
    #expect(ModelSource("runs:/x/y").kind == .run("x"))
    #expect(ModelSource("runs:x").kind == .malformed)
    #expect(ModelSource("s3://bucket/x").kind == .other)
    #expect(
      ModelSource("mlflow-artifacts:/3/models/\(model.modelText)/artifacts").loggedModel == model)
    #expect(ModelSource("/tmp/x").kind == .local("/tmp/x"))
    #expect(ModelSource("file:///tmp/x").kind == .local("/tmp/x"))
  }
}

@Suite("Searching logged models")
struct LoggedModelFilterTests {
  private let model = LoggedModel(
    id: .random(), name: "model", experiment: Experiment.defaultID, sourceRun: nil,
    modelType: "sklearn",
    status: .ready, lifecycle: .active, createdTime: Timestamp(milliseconds: 5),
    lastUpdateTime: Timestamp(milliseconds: 6), parameters: ["lr": "0.1"],
    tags: ["team": "red wine"],
    metrics: [
      LoggedModelMetric(
        key: "acc", point: MetricPoint(step: 0, timestamp: 1, value: 0.75), run: .random(),
        datasetName: nil, datasetDigest: nil)
    ])

  @Test(
    "comparisons joined by AND match",
    arguments: [
      "", "name='model'", "name = \"model\" and metrics.acc > 0.5",
      "params.lr = '0.1' AND tags.team LIKE 'red%'",
      "tags.`team` ILIKE 'RED _INE'", "name IN ('a', 'model')", "name NOT IN ('a')",
      "status = 'READY'",
      "creation_timestamp >= 5", "attributes.name != 'x'", "metrics.`acc` <= 7.5e-1",
    ])
  func matching(_ text: String) throws {
    #expect(try LoggedModelFilter(text).matches(model))
  }

  @Test(
    "and do not match",
    arguments: [
      "name='other'", "metrics.acc > 0.75", "metrics.none != 3", "params.none != 'x'",
      "tags.team LIKE 'RED%'",
      "source_run_id = 'x'", "source_run_id != 'x'", "name = 'model' AND name = 'x'",
    ])
  func different(_ text: String) throws {
    #expect(try !LoggedModelFilter(text).matches(model))
  }

  @Test(
    "other text is refused",
    arguments: [
      "name", "name =", "name = 'a' OR name = 'b'", "(name = 'a')", "bogus = 'a'",
      "metrics.a = 'x'",
      "params.a > 'x'", "name = 'a", "name == 'a'", " ", "x.y = 'a'", "name IS NULL",
      "name IN ('a'", "`",
    ])
  func malformed(_ text: String) {
    #expect(throws: MLflowError.self) { try LoggedModelFilter(text) }
  }

  @Test("as in MLflow, an AND too many says nothing") func ands() throws {
    #expect(try LoggedModelFilter("AND") == LoggedModelFilter(""))
    #expect(
      try LoggedModelFilter("and name = 'a' AND AND tags.k = 'b' AND")
        == LoggedModelFilter("name = 'a' AND tags.k = 'b'"))
  }

  @Test("LIKE backtracks over its last percent sign only, and still finds")
  func like() {
    #expect(LikePattern.matches("aXbXc", "a%X_"))
    #expect(LikePattern.matches("", "%"))
    #expect(!LikePattern.matches("a", ""))
    let text = String(repeating: "a", count: 5000)
    #expect(!LikePattern.matches(text, String(repeating: "%a", count: 50) + "b"))
  }
}
