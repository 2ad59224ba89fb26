import Crypto
import Foundation

/// AWS Signature Version 4 in the header `Authorization`. Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization
/// Header"; AWS IAM User Guide, "Create a signed AWS API request".
package struct SignatureV4: Sendable {
  package let credentials: ObjectCredentials
  package let region: String
  package let service: String

  package init(_ credentials: ObjectCredentials, region: String, service: String = "s3") {
    self.credentials = credentials
    self.region = region
    self.service = service
  }

  /// What is signed of a request.
  package struct Request: Sendable {
    package var method: String
    /// Encoded once, as S3 wants it: it is signed as it is sent.
    package var path: String
    /// Not encoded yet.
    package var query: [(name: String, value: String)]
    /// `host` and all that are to be signed; several of one name in their order.
    package var headers: [(name: String, value: String)]
    /// SHA-256 of the body, in hexadecimal digits.
    package var payload: String

    package init(
      method: String, path: String, query: [(name: String, value: String)] = [],
      headers: [(name: String, value: String)], payload: String = SignatureV4.emptyPayload
    ) {
      self.method = method
      self.path = path
      self.query = query
      self.headers = headers
      self.payload = payload
    }
  }

  package static let emptyPayload = hex(SHA256.hash(data: Data()))

  /// - Parameter time: seconds since 1970, that the header `x-amz-date` says, too.
  package func authorization(_ request: Request, time: Int64) -> String {
    let stamp = SignatureV4.stamp(time)
    let day = String(stamp.prefix(8))
    let scope = "\(day)/\(region)/\(service)/aws4_request"
    let text =
      "AWS4-HMAC-SHA256\n\(stamp)\n\(scope)\n"
      + SignatureV4.hex(SHA256.hash(data: Data(SignatureV4.canonical(request).utf8)))
    let signature = SignatureV4.hex(SignatureV4.code(text, key: key(day)))
    return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKey)/\(scope), "
      + "SignedHeaders=\(SignatureV4.signedHeaders(request)), Signature=\(signature)"
  }

  private func key(_ day: String) -> SymmetricKey {
    var key = SymmetricKey(data: Data(("AWS4" + credentials.secretKey).utf8))
    for part in [day, region, service, "aws4_request"] {
      key = SymmetricKey(data: Data(SignatureV4.code(part, key: key)))
    }
    return key
  }

  private static func code(_ text: String, key: SymmetricKey) -> HMAC<SHA256>.MAC {
    HMAC<SHA256>.authenticationCode(for: Data(text.utf8), using: key)
  }

  package static func canonical(_ request: Request) -> String {
    var values: [String: [String]] = [:]
    for header in request.headers {
      values[header.name.lowercased(), default: []].append(trimmed(header.value))
    }
    let headers = values.sorted { $0.key < $1.key }
      .map { $0.key + ":" + $0.value.joined(separator: ",") + "\n" }.joined()
    return [
      request.method, request.path, query(request.query), headers, signedHeaders(request),
      request.payload,
    ].joined(separator: "\n")
  }

  private static func signedHeaders(_ request: Request) -> String {
    Set(request.headers.map { $0.name.lowercased() }).sorted().joined(separator: ";")
  }

  /// Without blanks at its ends, and with one where there were several.
  private static func trimmed(_ value: String) -> String {
    value.split(whereSeparator: { $0 == " " || $0 == "\t" || $0.isNewline })
      .joined(separator: " ")
  }

  /// Encoded and in order: as it is signed, and as it is sent.
  package static func query(_ query: [(name: String, value: String)]) -> String {
    query.map { (encoded($0.name), encoded($0.value)) }.sorted { $0 < $1 }
      .map { $0 + "=" + $1 }.joined(separator: "&")
  }

  private static let digits = Array("0123456789ABCDEF".utf8)

  /// Percent-encoded, the unreserved characters of RFC 3986 aside.
  package static func encoded(_ text: String, keeping: String = "") -> String {
    let kept = Set(keeping.utf8)
    var out: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        out.append(byte)
      case _ where kept.contains(byte): out.append(byte)
      default: out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `20130524T000000Z`.
  package static func stamp(_ time: Int64) -> String {
    var (seconds, parts) = (time_t(time), tm())
    gmtime_r(&seconds, &parts)
    func two(_ number: Int32) -> String { (number < 10 ? "0" : "") + String(number) }
    return String(Int(parts.tm_year) + 1900) + two(parts.tm_mon + 1) + two(parts.tm_mday) + "T"
      + two(parts.tm_hour) + two(parts.tm_min) + two(parts.tm_sec) + "Z"
  }

  static func hex(_ bytes: some Sequence<UInt8>) -> String {
    String(decoding: bytes.flatMap { [small[Int($0 >> 4)], small[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static let small = Array("0123456789abcdef".utf8)
}
