import FieldbookModel
import FieldbookTestSupport
import Foundation
import Testing

@testable import FieldbookObjectStorage

@Suite("Where an object storage is, and as whom it is asked")
struct ObjectEndpointTests {
  private let keys = ["AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "very-secret"]

  private func endpoint(_ more: [String: String], _ bucket: String = "models") throws
    -> ObjectEndpoint
  {
    try ObjectEndpoint(
      ["HOME": "/nowhere"].merging(more) { $1 }, for: ObjectAddress("s3://\(bucket)/p"))
  }

  @Test("addresses")
  func addresses() throws {
    #expect(try ObjectAddress("s3://models/a/b/").description == "s3://models/a/b")
    #expect(try ObjectAddress("s3://models").prefix == "")
    for wrong in [
      "models", "http://models/x", "s3://", "s3://ab/x", "s3://Models/x", "s3://-models/x",
      "s3://mo..dels/x", "s3://key:secret@models/x", "s3://models/a//b", "s3://models/../x",
      "s3://models/ü", "s3://mod_els/x", "s3://models/a\nb", "folder",
    ] {
      #expect(throws: InvalidInput.self, "\(wrong)") { try ObjectAddress(wrong) }
    }
  }

  @Test("AWS's own host has the bucket in its name, an own endpoint in the path")
  func hosts() throws {
    let aws = try endpoint(keys.merging(["AWS_REGION": "eu-central-1"]) { $1 })
    #expect(aws.base == "https://models.s3.eu-central-1.amazonaws.com" && aws.hasBucketInHost)
    let dotted = try endpoint(keys, "my.models")
    #expect(dotted.base == "https://s3.us-east-1.amazonaws.com" && !dotted.hasBucketInHost)
    #expect(
      try endpoint(keys.merging(["AWS_DEFAULT_REGION": "cn-north-1"]) { $1 }).host
        == "models.s3.cn-north-1.amazonaws.com.cn")
    let own = try endpoint(
      keys.merging([
        "AWS_ENDPOINT_URL": "https://other", "AWS_ENDPOINT_URL_S3": "https://minio:9000/x/",
      ]) { $1 })
    #expect(own.base == "https://minio:9000" && own.path == "/x" && !own.hasBucketInHost)
    #expect(own.authority == "minio:9000" && own.warning == nil)
    let mlflow = try endpoint(
      keys.merging(["MLFLOW_S3_ENDPOINT_URL": "http://127.0.0.1:5000"]) { $1 })
    #expect(mlflow.base == "http://127.0.0.1:5000" && mlflow.warning == nil)
    let plain = try endpoint(keys.merging(["AWS_ENDPOINT_URL": "http://minio:80"]) { $1 })
    #expect(plain.authority == "minio" && plain.warning?.contains("AWS_ENDPOINT_URL") == true)
    for wrong in ["minio:9000", "ftp://minio", "https://u:p@minio", "https://", "https://m?x=1"] {
      #expect(throws: InvalidInput.self, "\(wrong)") {
        try endpoint(keys.merging(["AWS_ENDPOINT_URL_S3": wrong]) { $1 })
      }
    }
    #expect(throws: InvalidInput.self) {
      try endpoint(keys.merging(["AWS_REGION": "eu/../x"]) { $1 })
    }
    #expect(throws: InvalidInput.self) {
      try endpoint(keys.merging(["AWS_CA_BUNDLE": "/nowhere/ca.pem"]) { $1 })
    }
  }

  @Test("keys come from the environment, else from a profile; what is missing is named")
  func credentials() throws {
    let folder = try TemporaryFolder()
    let file = folder.path + "/credentials"
    try """
    # comment
    [default]
    aws_access_key_id = DEFAULT
    aws_secret_access_key=d/e=f
    region = eu-west-3
    [team]
    AWS_ACCESS_KEY_ID = TEAM
    aws_secret_access_key = t
      nested = no
    aws_session_token = token
    """.write(toFile: file, atomically: true, encoding: .utf8)
    let kept = ["AWS_SHARED_CREDENTIALS_FILE": file]
    let standard = try endpoint(kept)
    #expect(standard.credentials == .init(accessKey: "DEFAULT", secretKey: "d/e=f"))
    #expect(standard.region == "eu-west-3")
    let team = try endpoint(kept.merging(["AWS_PROFILE": "team"]) { $1 })
    #expect(team.credentials == .init(accessKey: "TEAM", secretKey: "t", sessionToken: "token"))
    let own = try endpoint(kept.merging(keys.merging(["AWS_SESSION_TOKEN": "s"]) { $1 }) { $1 })
    #expect(
      own.credentials == .init(accessKey: "AK", secretKey: "very-secret", sessionToken: "s"))
    #expect("\(own.credentials)" == "credentials" && !"\(own)".contains("very-secret"))
    func refusal(_ variables: [String: String]) -> InvalidInput? {
      do {
        _ = try endpoint(variables)
        return nil
      } catch { return error as? InvalidInput }
    }
    let none = try #require(refusal(["AWS_ACCESS_KEY_ID": "AK"]))
    #expect(none.message.contains("AWS_SECRET_ACCESS_KEY is not set"))
    #expect(none.hint.contains("AWS_PROFILE"))
    #expect(refusal(kept.merging(["AWS_PROFILE": "gone"]) { $1 })?.message.contains("gone") == true)
  }
}
