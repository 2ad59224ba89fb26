import FieldbookMLflow
import FieldbookModel
import Synchronization

extension FuzzTarget {
  /// What MLflow's clients send.
  static let requests: [FuzzTarget] = [
    FuzzTarget("json", seeds: documents.map { Array($0.utf8) }) { bytes in
      let document = try JSONParser.parse(bytes)
      for written in [document.utf8, Array(document.asciiText.utf8)] {
        guard let again = try? JSONParser.parse(written) else {
          throw BrokenPromise("json: what was written does not read")
        }
        try promise(again.utf8 == document.utf8, "json: what was written reads otherwise")
      }
    },
    FuzzTarget("percent", maxBytes: 512, seeds: addresses.map { Array($0.utf8) }) { bytes in
      _ = try? PercentCoding.decodeQuery(bytes.text)
      try playAddress(bytes.text)
      let path = try PercentCoding.decodePath(bytes.text)
      try promise(
        try PercentCoding.decodePath(PercentCoding.encode(path)).utf8.elementsEqual(path.utf8),
        "percent: what was written reads otherwise")
      let address = try ArtifactAddress(path)
      try promise(
        address.path.isEmpty || (try? Check.artifactPath(address.path)) != nil,
        "percent: a path that no artifact can have")
    },
    FuzzTarget("base64", maxBytes: 256, seeds: [Array("dXNlcjp0b2tlbg==".utf8)]) { bytes in
      guard let raw = Base64.decode(bytes.text) else { return }
      try promise(raw.count <= bytes.count, "base64: longer than it was")
    },
    // Which endpoint, what stands in its path, and the body; `$run` and the like stand for what
    // is there.
    FuzzTarget(
      "endpoint", maxBytes: 2048, rounds: 200, seeds: calls, body: { try Served.play($0) }),
  ]

  /// Paths below a root, addresses of files elsewhere, and what headers say of files.
  private static func playAddress(_ text: String) throws {
    if let plain = PercentCoding.unwrapped(text) {
      try promise(
        PercentCoding.unwrapped(plain) == plain, "percent: unwrapped, it is wrapped still")
    }
    if (try? ArtifactPath.check(text)) != nil {
      let path = ArtifactPath.normal(text)
      try promise(
        !path.hasPrefix("/") && !path.split(separator: "/").contains(".."),
        "percent: a path that climbs is taken")
    }
    let parts = URIParts(text)
    try promise(
      parts.scheme.utf8.count + parts.path.utf8.count <= text.utf8.count,
      "percent: an address is longer than it was")
    if let range = (try? SentFile.range(text, of: 1000)) ?? nil {
      try promise(
        !range.isEmpty && (0...1000).contains(range.upperBound), "percent: a part beyond the end")
    }
    try promise(
      SentFile.disposition(text).utf8.allSatisfy { (32..<127).contains($0) },
      "percent: a header that ends early")
  }

  private static let documents = [
    #"{"run_id":"ab","metrics":[{"key":"a","value":1e3,"step":-1,"timestamp":9223372036854775807}]}"#,
    #"[null,true,false,NaN,-Infinity,"é🙂\n\\",0.1,-0,{}]"#, #"{"a":{"a":[[[]]]},"a":2}"#,
  ]

  private static let addresses = [
    "runs%2Fget?run_id=%C3%A9&a=b+c&a=", "model/weights%20x.bin",
    "0/00112233445566778899aabbccddeeff/artifacts/a%2Fb/../c", "0/models/m-0011/artifacts/a",
    "s3://bucket/%252e%252e/x?a=b#c", "bytes=5-9", "bytes=-3", "file:///etc/passwd", "☃\r\n.txt",
  ]

  private static let calls: [[UInt8]] = (0..<EndpointPlayer.count).map { index in
    [UInt8(index)] + Array(("$logged\u{1e}" + body).utf8)
  }

  /// Something of what each endpoint asks for.
  private static let body = """
    {"run_id":"$run","run_uuid":"$run","experiment_id":"$experiment","experiment_ids":\
    ["$experiment"],"name":"churn","new_name":"n","version":"1","alias":"champion","key":"k",\
    "value":"0.5","timestamp":1,"step":2,"model_id":"$logged","path":"model","filter":\
    "metrics.loss < 1","order_by":[{"field_name":"name"}],"max_results":2,"page_token":"offset:1",\
    "metrics":[{"key":"m","value":0.5,"timestamp":1,"step":2}],"params":[{"key":"p","value":"1"}],\
    "tags":[{"key":"t","value":"x"}],"metric_key":"loss","start_step":0,"end_step":3,"status":\
    "FINISHED","end_time":5,"source":"s3://bucket/model","view_type":\
    "SPANS","metric_name":"latency","aggregations":[{"aggregation_type":"PERCENTILE",\
    "percentile_value":99.5}],"dimensions":["span_name"],"filters":["trace.status = 'OK'"],\
    "time_interval_seconds":60,"start_time_ms":0,"end_time_ms":4102444800000}
    """
}

/// A workspace behind the endpoints; what is played stays in it, so after some hundreds it is
/// made anew.
private struct Served {
  private static let rounds = 500
  private static let current = Mutex<(served: Served, left: Int)?>(nil)

  let samples: Samples
  let player: EndpointPlayer

  init() throws {
    samples = try Samples()
    player = EndpointPlayer(samples.team.ana)
  }

  static func play(_ bytes: [UInt8]) throws {
    try current.withLock { current in
      if (current?.left ?? 0) == 0 { current = (try Served(), rounds) }
      current?.left -= 1
      try current?.served.play(bytes)
    }
  }

  private func play(_ bytes: [UInt8]) throws {
    guard let index = bytes.first else { return }
    let experiment = try samples.team.ana.run(samples.run).experiment
    let names = [
      "$run": samples.run.hex, "$experiment": experiment.decimal,
      "$logged": samples.loggedModel.modelText, "$trace": samples.trace.traceText,
    ]
    let texts = Array(bytes.dropFirst()).texts(2).map { text in
      names.reduce(text) { $0.replacing($1.key, with: $1.value) }
    }
    do {
      let answer = try player.answer(
        Int(index) % EndpointPlayer.count, part: texts[0], body: Array(texts[1].utf8))
      guard (try? JSONParser.parse(answer)) != nil else {
        throw BrokenPromise("endpoint: the answer is no JSON")
      }
    } catch let error as MLflowError {
      try promise(error.code != .internalError, "endpoint: \(error.message)")
    }
  }
}
