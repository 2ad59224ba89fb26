import FieldbookModel
import FieldbookRepository
import Foundation

/// Where a storage is, and as whom it is asked: from the environment, by the names that every tool for S3 reads.
///
/// Source: AWS SDKs and Tools Reference Guide, "Environment variables" and "Service-specific endpoints"; `MLFLOW_S3_ENDPOINT_URL` is
/// MLflow's.
package struct ObjectEndpoint: Sendable {
  package let isSecure: Bool
  package let host: String
  /// Nil: the scheme's own.
  package let port: Int?
  /// Behind host and port, without a slash at its end.
  package let path: String
  package let region: String
  package let credentials: ObjectCredentials
  /// A file of certificates to trust instead of the system's.
  package let trust: String?
  /// What a person should know, and what is no error.
  package let warning: String?
  /// The bucket is a part of the host's name, as AWS wants it; else of the path.
  let hasBucketInHost: Bool

  static let endpointVariables = [
    "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL", "MLFLOW_S3_ENDPOINT_URL",
  ]

  /// - Throws: `InvalidInput` that names the variables which are missing or do not read.
  package init(_ variables: [String: String], for address: ObjectAddress) throws {
    func value(_ name: String) -> String? {
      variables[name].flatMap { text in
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        return text.isEmpty ? nil : text
      }
    }
    let home = value("HOME") ?? "/"
    let profile = value("AWS_PROFILE") ?? "default"
    func section(_ variable: String, _ standard: String) -> [String: String] {
      ProfileFile.read(value(variable) ?? home + standard)?.profiles[profile] ?? [:]
    }
    let kept = section("AWS_SHARED_CREDENTIALS_FILE", "/.aws/credentials")
    let configured = section("AWS_CONFIG_FILE", "/.aws/config")
    credentials = try ObjectEndpoint.credentials(
      value, configured.merging(kept) { $1 }, profile,
      isAsked: value("AWS_PROFILE") != nil)
    region =
      value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") ?? configured["region"] ?? kept["region"]
      ?? "us-east-1"
    guard region.utf8.count <= 64, region.utf8.allSatisfy(ObjectEndpoint.isNameByte) else {
      throw InvalidInput(
        "AWS_REGION is no name of a region", hint: "set one such as eu-central-1")
    }
    trust = value("AWS_CA_BUNDLE")
    if let trust, !FileManager.default.isReadableFile(atPath: trust) {
      throw InvalidInput(
        "the file that AWS_CA_BUNDLE names cannot be read", hint: "unset it, or name another one")
    }
    let told = ObjectEndpoint.endpointVariables.first { value($0) != nil }
    guard let told, let url = value(told) else {
      let dots = address.bucket.contains(".")
      // The wildcard of the certificate covers one name without dots.
      hasBucketInHost = !dots
      host =
        (dots ? "" : address.bucket + ".") + "s3." + region + ".amazonaws.com"
        + (region.hasPrefix("cn-") ? ".cn" : "")
      (isSecure, port, path, warning) = (true, nil, "", nil)
      return
    }
    guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
      ["http", "https"].contains(scheme), let name = parts.host, !name.isEmpty, parts.user == nil,
      parts.password == nil, parts.query == nil, parts.fragment == nil
    else {
      throw InvalidInput(
        "\(told) is no address of an object storage",
        hint: "write https://HOST:PORT, without a user, a password or a query")
    }
    isSecure = scheme == "https"
    host = name
    port = parts.port.flatMap { $0 == (scheme == "https" ? 443 : 80) ? nil : $0 }
    var path = parts.percentEncodedPath
    while path.hasSuffix("/") { path.removeLast() }
    self.path = path
    hasBucketInHost = false
    let bare = name.trimmingCharacters(in: ["[", "]"])
    let isLocal = bare == "localhost" || bare == "::1" || bare.hasPrefix("127.")
    warning =
      isSecure || isLocal
      ? nil
      : "\(told) is plain HTTP to another machine: whoever listens reads what is stored"
  }

  private static func credentials(
    _ value: (String) -> String?, _ section: [String: String], _ profile: String, isAsked: Bool
  ) throws -> ObjectCredentials {
    // Before a profile, as with AWS's own tools.
    if let key = value("AWS_ACCESS_KEY_ID"), let secret = value("AWS_SECRET_ACCESS_KEY") {
      return ObjectCredentials(
        accessKey: key, secretKey: secret, sessionToken: value("AWS_SESSION_TOKEN"))
    }
    if let key = section["aws_access_key_id"], let secret = section["aws_secret_access_key"],
      !key.isEmpty, !secret.isEmpty
    {
      return ObjectCredentials(
        accessKey: key, secretKey: secret, sessionToken: section["aws_session_token"])
    }
    if isAsked {
      throw InvalidInput(
        "the profile '\(profile.prefix(60))' that AWS_PROFILE names has no keys",
        hint: "AWS_SHARED_CREDENTIALS_FILE (~/.aws/credentials) must hold aws_access_key_id and"
          + " aws_secret_access_key below [\(profile.prefix(60))]; or unset AWS_PROFILE")
    }
    let missing = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"].filter { value($0) == nil }
    throw InvalidInput(
      "there are no credentials for the object storage: "
        + missing.joined(separator: " and ") + (missing.count == 1 ? " is" : " are") + " not set",
      hint:
        "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN if there is one),"
        + " or AWS_PROFILE with ~/.aws/credentials or AWS_SHARED_CREDENTIALS_FILE; the endpoint is"
        + " AWS_ENDPOINT_URL_S3, the region AWS_REGION")
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || byte == 0x2d || byte == 0x5f
  }

  /// As in the header `Host`.
  var authority: String { port.map { "\(host):\($0)" } ?? host }
  var base: String { (isSecure ? "https://" : "http://") + authority }

  /// For people: without what is secret.
  package var words: String { base + path + ", region " + region }
}
