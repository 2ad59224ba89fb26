import Crypto
import FieldbookObjectStorage
import FieldbookRepository
import Foundation
import Testing

struct SignatureVector: Sendable, CustomTestStringConvertible {
  var name: String
  var request: SignatureV4.Request
  var headers: String
  var signature: String
  var testDescription: String { name }
}

/// Source of the expected values: the Signature Version 4 test suite that AWS published, and the examples of the Amazon S3 API Reference,
/// "Authenticating Requests: Using the Authorization Header".
@Suite("Signature Version 4")
struct SignatureV4Tests {
  private static let host = ("host", "example.amazonaws.com")
  private static let date = ("x-amz-date", "20150830T123600Z")

  private static func vector(
    _ name: String, method: String = "GET", path: String = "/",
    query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: String = "",
    signed: String = "host;x-amz-date", is signature: String
  ) -> SignatureVector {
    SignatureVector(
      name: name,
      request: .init(
        method: method, path: path, query: query, headers: [host] + headers + [date],
        payload: SHA256.hash(data: Data(body.utf8)).map { String(format: "%02x", $0) }.joined()),
      headers: signed, signature: signature)
  }

  private static let suite: [SignatureVector] = [
    vector("get-vanilla", is: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    vector(
      "post-vanilla", method: "POST",
      is: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    vector(
      "get-vanilla-query-order-key-case",
      query: [("Param2", "value2"), ("Param1", "value1")],
      is: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"),
    vector(
      "get-vanilla-utf8-query", query: [("ሴ", "bar")],
      is: "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04"),
    vector(
      "get-unreserved",
      path: "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
      is: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f"),
    vector(
      "get-utf8", path: SignatureV4.encoded("/ሴ", keeping: "/"),
      is: "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85"),
    vector(
      "get-header-key-duplicate",
      headers: [("My-Header1", "value2"), ("My-Header1", "value2"), ("My-Header1", "value1")],
      signed: "host;my-header1;x-amz-date",
      is: "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"),
    vector(
      "get-header-value-order",
      headers: [
        ("My-Header1", "value4"), ("My-Header1", "value1"), ("My-Header1", "value3"),
        ("My-Header1", "value2"),
      ], signed: "host;my-header1;x-amz-date",
      is: "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01"),
    vector(
      "get-header-value-trim",
      headers: [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")],
      signed: "host;my-header1;my-header2;x-amz-date",
      is: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"),
    vector(
      "post-header-key-sort", method: "POST", headers: [("My-Header1", "value1")],
      signed: "host;my-header1;x-amz-date",
      is: "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c"),
    vector(
      "post-x-www-form-urlencoded", method: "POST",
      headers: [("Content-Type", "application/x-www-form-urlencoded")], body: "Param1=value1",
      signed: "content-type;host;x-amz-date",
      is: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"),
  ]

  @Test("the published test suite", arguments: suite)
  func agreed(vector: SignatureVector) {
    let signer = SignatureV4(
      .init(
        accessKey: "AKIDEXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
      region: "us-east-1", service: "service")
    #expect(
      signer.authorization(vector.request, time: 1_440_938_160)
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        + "SignedHeaders=\(vector.headers), Signature=\(vector.signature)")
  }

  private static func s3(
    _ name: String, _ method: String, path: String, query: [(name: String, value: String)] = [],
    headers: [(name: String, value: String)] = [], body: String = "", signed: String,
    _ signature: String
  ) -> SignatureVector {
    let payload = SHA256.hash(data: Data(body.utf8)).map { String(format: "%02x", $0) }.joined()
    return SignatureVector(
      name: name,
      request: .init(
        method: method, path: path, query: query,
        headers: [
          ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"),
          ("x-amz-content-sha256", payload),
        ] + headers, payload: payload), headers: signed, signature: signature)
  }

  private static let examples: [SignatureVector] = [
    s3(
      "GET of a part", "GET", path: "/test.txt", headers: [("Range", "bytes=0-9")],
      signed: "host;range;x-amz-content-sha256;x-amz-date",
      "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
    s3(
      "PUT, with a path that is encoded once", "PUT",
      path: SignatureV4.encoded("/test$file.text", keeping: "/"),
      headers: [
        ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
      ], body: "Welcome to Amazon S3.",
      signed: "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
      "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"),
    s3(
      "GET with a query without a value", "GET", path: "/", query: [("lifecycle", "")],
      signed: "host;x-amz-content-sha256;x-amz-date",
      "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"),
    s3(
      "a list", "GET", path: "/", query: [("prefix", "J"), ("max-keys", "2")],
      signed: "host;x-amz-content-sha256;x-amz-date",
      "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"),
  ]

  @Test("the examples of S3's reference", arguments: examples)
  func referenced(vector: SignatureVector) {
    let signer = SignatureV4(
      .init(
        accessKey: "AKIAIOSFODNN7EXAMPLE", secretKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
      region: "us-east-1")
    #expect(
      signer.authorization(vector.request, time: 1_369_353_600)
        == "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
        + "SignedHeaders=\(vector.headers), Signature=\(vector.signature)")
  }

  @Test("the canonical request, line by line")
  func canonical() {
    let request = SignatureV4.Request(
      method: "GET", path: "/a%20b/c", query: [("b", "x y/z"), ("a", "1+2"), ("A", "")],
      headers: [("X-Amz-Date", "20150830T123600Z"), ("Host", "h:9000")], payload: "e3")
    #expect(
      SignatureV4.canonical(request)
        == "GET\n/a%20b/c\nA=&a=1%2B2&b=x%20y%2Fz\nhost:h:9000\nx-amz-date:20150830T123600Z\n\n"
        + "host;x-amz-date\ne3")
  }
}
