import AsyncHTTPClient
import Crypto
import FieldbookModel
import FieldbookRepository
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL

/// A bucket behind the S3 protocol: whole objects are put, parts of them read. Waits for each answer.
///
/// Every request is signed over its headers and the SHA-256 of its body; an object is sent with its checksum, too, so that a storage which knows
/// checksums keeps and compares it. What the network or an overloaded storage was at fault for is repeated a few times, with pauses that
/// double. Source: Amazon S3 API Reference.
package final class ObjectStorage: PackBucket {
  package let address: String
  private let endpoint: ObjectEndpoint
  private let bucket: String
  /// Before each key, with a slash at its end.
  private let folder: String
  private let signature: SignatureV4
  private let client: HTTPClient
  private let now: @Sendable () -> Int64
  private let pauses: [Double]

  package static let connectSeconds: Int64 = 5
  package static let silentSeconds: Int64 = 60
  /// From then on nothing is repeated.
  static let patienceSeconds = 30.0
  static let errorBytes = 64 << 10
  /// Before the second try, the third, …
  package static let pauses = [0.2, 0.4, 0.8]

  /// - Parameters:
  ///   - folder: below the address's prefix, what all keys are in.
  ///   - now: seconds since 1970.
  package init(
    _ address: ObjectAddress, _ endpoint: ObjectEndpoint, folder: String,
    pauses: [Double] = ObjectStorage.pauses,
    now: @escaping @Sendable () -> Int64 = { LargeStore.presentSeconds }
  ) {
    self.address = address.description
    self.endpoint = endpoint
    bucket = address.bucket
    self.folder = (address.prefix.isEmpty ? "" : address.prefix + "/") + folder + "/"
    signature = SignatureV4(endpoint.credentials, region: endpoint.region)
    self.now = now
    self.pauses = pauses
    var configuration = HTTPClient.Configuration(
      redirectConfiguration: .disallow,
      timeout: .init(
        connect: .seconds(ObjectStorage.connectSeconds), read: .seconds(ObjectStorage.silentSeconds)
      ))
    configuration.httpVersion = .http1Only
    var tls = TLSConfiguration.makeClientConfiguration()
    if let trust = endpoint.trust { tls.trustRoots = .file(trust) }
    configuration.tlsConfiguration = tls
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }

  deinit { client.shutdown { _ in } }

  // MARK: Objects

  package func put(_ key: String, _ body: BucketBody, sha256: ContentDigest) throws {
    _ = try call(
      "PUT", key, body: body, payload: sha256,
      headers: [
        ("content-length", String(body.byteCount)),
        ("content-type", "application/octet-stream"),
        ("x-amz-checksum-sha256", Data(sha256.bytes).base64EncodedString()),
      ], answerBytes: ObjectStorage.errorBytes)
  }

  package func byteCount(of key: String) throws -> Int64? {
    do {
      let answer = try call("HEAD", key, answerBytes: ObjectStorage.errorBytes)
      guard let count = answer.headers.first(name: "Content-Length").flatMap({ Int64($0) }) else {
        throw strange("it does not say how long an object is")
      }
      return count
    } catch let failure as BucketFailure where failure.kind == .notThere {
      // An answer to HEAD has no body that would say what is not there.
      try look()
      return nil
    }
  }

  package func read(_ key: String, _ range: Range<Int64>) throws -> [UInt8] {
    guard !range.isEmpty else { return [] }
    let answer = try call(
      "GET", key, headers: [("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")],
      answerBytes: range.count + ObjectStorage.errorBytes, exactly: range.count)
    guard answer.status == .partialContent || range.count == answer.body?.readableBytes else {
      throw strange("it does not answer with the part of an object that was asked for")
    }
    return answer.body.map { Array($0.readableBytesView) } ?? []
  }

  package func remove(_ key: String) throws {
    do { _ = try call("DELETE", key, answerBytes: ObjectStorage.errorBytes) } catch let failure
      as BucketFailure where failure.kind == .notThere
    {
      return
    }
  }

  package func list(_ prefix: String, _ take: ([BucketEntry]) throws -> Void) throws {
    var token: String?
    var seen: Set<String> = []
    repeat {
      let page = try page(folder + prefix, after: token, count: 1000)
      try take(
        page.entries.compactMap { entry in
          guard entry.key.hasPrefix(folder) else { return nil }
          return BucketEntry(
            key: String(entry.key.dropFirst(folder.count)), byteCount: entry.byteCount)
        })
      token = page.next
      // The same page again and again would be read for ever.
      if let token, !seen.insert(token).inserted { throw strange("it repeats a page of a list") }
    } while token != nil
  }

  /// Throws unless the bucket is there and lets us look into it.
  package func look() throws { _ = try page(folder, after: nil, count: 1) }

  private func page(_ prefix: String, after token: String?, count: Int) throws -> ObjectPage {
    var query = [("list-type", "2"), ("max-keys", String(count)), ("prefix", prefix)]
    if let token { query.append(("continuation-token", token)) }
    let answer = try call(
      "GET", nil, query: query.map { ($0.0, $0.1) }, answerBytes: BoundedXML.bytesMax)
    guard let page = ObjectPage(answer.body.map { Array($0.readableBytesView) } ?? []) else {
      throw strange("its list of objects does not read")
    }
    return page
  }

  private func strange(_ what: String) -> BucketFailure {
    BucketFailure(
      .misled, "what answers for \(address) is no object storage that we know: \(what)",
      hint: "check AWS_ENDPOINT_URL_S3 (\(endpoint.words))")
  }

  // MARK: Requests

  /// - Parameters:
  ///   - key: nil: the bucket itself.
  ///   - exactly: bytes that a part has to have; fewer are asked for again.
  private func call(
    _ method: String, _ key: String?, query: [(name: String, value: String)] = [],
    body: BucketBody? = nil, payload: ContentDigest? = nil,
    headers: [(name: String, value: String)] = [], answerBytes: Int, exactly: Int? = nil
  ) throws -> HTTPClient.Response {
    let begun = ContinuousClock.now
    var attempt = 0
    while true {
      let failure: BucketFailure
      do {
        let answer = try send(
          method, key, query: query, body: body, payload: payload, headers: headers,
          answerBytes: answerBytes)
        let isCut = answer.status == .partialContent && exactly != answer.body?.readableBytes
        if 200..<300 ~= Int(answer.status.code), exactly == nil || !isCut { return answer }
        failure =
          isCut
          ? away("a part of an object came in another length") : refusal(answer, key: key)
      } catch let error as BucketFailure {
        throw error
      } catch {
        failure = away(ObjectStorage.reason(error))
      }
      let elapsed = (ContinuousClock.now - begun) / .seconds(1)
      guard failure.kind == .away, attempt < pauses.count,
        elapsed < ObjectStorage.patienceSeconds
      else { throw failure }
      // Not all who were turned away at once come back at once.
      Thread.sleep(forTimeInterval: pauses[attempt] * Double.random(in: 0.5...1))
      attempt += 1
    }
  }

  private func send(
    _ method: String, _ key: String?, query: [(name: String, value: String)], body: BucketBody?,
    payload: ContentDigest?, headers: [(name: String, value: String)], answerBytes: Int
  ) throws -> HTTPClient.Response {
    let path =
      endpoint.path + "/" + (endpoint.hasBucketInHost ? "" : bucket + (key == nil ? "" : "/"))
      + SignatureV4.encoded(key.map { folder + $0 } ?? "", keeping: "/")
    let time = now()
    var signed: [(name: String, value: String)] =
      [
        ("host", endpoint.authority), ("x-amz-date", SignatureV4.stamp(time)),
        ("x-amz-content-sha256", payload?.hex ?? SignatureV4.emptyPayload),
      ] + headers
    if let token = endpoint.credentials.sessionToken {
      signed.append(("x-amz-security-token", token))
    }
    let authorization = signature.authorization(
      .init(
        method: method, path: path, query: query, headers: signed,
        payload: payload?.hex ?? SignatureV4.emptyPayload), time: time)
    let text = query.isEmpty ? "" : "?" + SignatureV4.query(query)
    var request = try HTTPClient.Request(
      url: endpoint.base + path + text, method: HTTPMethod(rawValue: method))
    for (name, value) in signed where name != "content-length" {
      request.headers.replaceOrAdd(name: name, value: value)
    }
    request.headers.add(name: "authorization", value: authorization)
    request.headers.add(name: "user-agent", value: "fieldbook")
    switch body {
    case nil: break
    case .bytes(let bytes)?: request.body = .bytes(bytes)
    case .file(let path, let count)?:
      guard let file = FileBody(path, count) else {
        throw ContentFailure.cannotRead(path, reason: String(cString: strerror(errno)))
      }
      request.body = .stream(contentLength: count) { file.write(to: $0) }
    }
    return try client.execute(
      request: request, delegate: ResponseAccumulator(request: request, maxBodySize: answerBytes)
    ).wait()
  }

  // MARK: Refusals

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case let error as HTTPClientError: error.shortDescription
    case let error as ContentFailure: error.message
    case is FileBodyFailure: "a pack changed while it was sent"
    default: ObjectError.plain("\(error)", 200)
    }
  }

  private func away(_ reason: String) -> BucketFailure {
    BucketFailure(
      .away, "\(address) cannot be reached: \(reason)",
      hint: "what lies there is known, and not to be had at the moment; check the storage, and"
        + " AWS_ENDPOINT_URL_S3 (\(endpoint.words))")
  }

  private func refusal(_ answer: HTTPClient.Response, key: String?) -> BucketFailure {
    let status = Int(answer.status.code)
    let error = ObjectError(answer.body.map { Array($0.readableBytesView) } ?? [])
    let code = error?.code ?? ""
    let told =
      error.map { $0.code + ($0.message.isEmpty ? "" : ": " + $0.message) }
      ?? "status \(status)"
    if let region = error?.region ?? answer.headers.first(name: "x-amz-bucket-region"),
      region != endpoint.region, [301, 307, 400, 403].contains(status)
    {
      let region = ObjectError.plain(region, 60)
      return BucketFailure(
        .misled, "the bucket \(bucket) is in the region \(region), not in \(endpoint.region)",
        hint: "set AWS_REGION=\(region)")
    }
    switch (status, code) {
    case (_, "RequestTimeTooSkewed"):
      return BucketFailure(
        .refused, "\(address) refuses the time of this machine\(skew(answer))",
        hint: "set this machine's clock")
    case (_, "NoSuchBucket"):
      return BucketFailure(
        .misled, "the bucket \(bucket) does not exist at \(endpoint.words)",
        hint: "make it first, or check its name and AWS_ENDPOINT_URL_S3")
    case (404, _) where key != nil, (416, _):
      return BucketFailure(
        .notThere, "an object of \(address) is not there, or shorter than it was",
        hint: "fieldbook doctor --fix")
    case (429, _), (500, _), (502, _), (503, _), (504, _), (_, "RequestTimeout"), (_, "BadDigest"),
      (_, "XAmzContentSHA256Mismatch"), (_, "SlowDown"):
      return away(told)
    case (507, _), (_, "QuotaExceeded"), (_, "XMinioStorageFull"):
      return BucketFailure(
        .away, "\(address) is full: \(told)",
        hint: "nothing is lost: what waits stays here; make room there")
    case (301, _), (302, _), (307, _), (308, _):
      return BucketFailure(
        .misled, "\(address) is somewhere else (\(told))",
        hint: "set AWS_REGION and AWS_ENDPOINT_URL_S3 to where the bucket is")
    case (403, _) where code.isEmpty, (401, _), (403, _), (_, "InvalidAccessKeyId"),
      (_, "SignatureDoesNotMatch"), (_, "ExpiredToken"), (_, "InvalidToken"):
      return BucketFailure(
        .refused, "\(address) does not let us: \(told)\(skew(answer))",
        hint:
          "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN or AWS_PROFILE, and"
          + " the rights: GetObject, PutObject, DeleteObject, ListBucket")
    default:
      return BucketFailure(
        .misled, "\(address) refuses with \(told)",
        hint: "check AWS_ENDPOINT_URL_S3 (\(endpoint.words))")
    }
  }

  /// How far this machine's clock is from the storage's; nothing if that is not told, or less than a minute.
  private func skew(_ answer: HTTPClient.Response) -> String {
    guard let text = answer.headers.first(name: "Date"), let theirs = HTTPDate.seconds(text) else {
      return ""
    }
    let minutes = (now() - theirs) / 60
    guard minutes != 0 else { return "" }
    return minutes > 0
      ? "; its clock is \(minutes) min ahead of the storage's"
      : "; its clock is \(-minutes) min behind the storage's"
  }
}

/// `Fri, 24 May 2013 00:00:00 GMT`. Source: RFC 9110, 5.6.7.
enum HTTPDate {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Seconds since 1970; nil for anything else.
  static func seconds(_ text: String) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]),
      let month = months.firstIndex(of: String(words[2])), let year = Int32(words[3]),
      (1970...9999).contains(year), (1...31).contains(day)
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]),
      (0...60).contains(clock[2])
    else { return nil }
    var parts = tm()
    parts.tm_year = year - 1900
    parts.tm_mon = Int32(month)
    parts.tm_mday = day
    parts.tm_hour = clock[0]
    parts.tm_min = clock[1]
    parts.tm_sec = clock[2]
    return Int64(timegm(&parts))
  }
}
