import Foundation

/// moto's server: the S3 protocol as an implementation of somebody else's has it, on loopback, with a bucket `models`. It checks signatures, and knows
/// one user.
package final class MotoServer: Sendable {
  package let url: String
  package let accessKey: String
  package let secretKey: String
  private let child: Child
  private let input: Pipe

  /// It ends with its stdin, too: when the tests' process does.
  private static let script = """
    import json, os, sys
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "4"
    import boto3
    from moto.server import ThreadedMotoServer
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    url = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
    given = dict(endpoint_url=url, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    iam = boto3.client("iam", **given)
    iam.create_user(UserName="hub")
    iam.put_user_policy(UserName="hub", PolicyName="all", PolicyDocument=json.dumps({"Version": "2012-10-17",
      "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}))
    key = iam.create_access_key(UserName="hub")["AccessKey"]
    boto3.client("s3", **given).create_bucket(Bucket="models")
    print(json.dumps([url, key["AccessKeyId"], key["SecretAccessKey"]]), flush=True)
    sys.stdin.read()
    """

  package init() throws {
    let variables = ProcessInfo.processInfo.environment
    let python = variables["FIELDBOOK_TEST_PYTHON"] ?? "python3"
    let command = Command(
      python, ["-c", MotoServer.script],
      variables: variables.filter { !$0.key.hasPrefix("AWS_") }, folder: "/")
    let (input, output) = (Pipe(), Pipe())
    child = try command.start(
      input: input.fileHandleForReading.fileDescriptor,
      output: output.fileHandleForWriting.fileDescriptor)
    self.input = input
    try output.fileHandleForWriting.close()
    var said = Data()
    while !said.contains(UInt8(ascii: "\n")) {
      let data = output.fileHandleForReading.availableData
      if data.isEmpty { throw TestFailure("moto ended with \(child.wait()) before it listened") }
      said += data
    }
    guard let words = try? JSONDecoder().decode([String].self, from: said), words.count == 3 else {
      child.crash()
      throw TestFailure("moto says: \(String(decoding: said, as: UTF8.self))")
    }
    (url, accessKey, secretKey) = (words[0], words[1], words[2])
  }

  deinit { child.crash() }

  /// From now on nobody answers.
  package func stop() { child.crash() }

  /// What a program needs to speak to it.
  package var variables: [String: String] {
    [
      "AWS_ENDPOINT_URL_S3": url, "AWS_ACCESS_KEY_ID": accessKey,
      "AWS_SECRET_ACCESS_KEY": secretKey, "AWS_REGION": "us-east-1",
    ]
  }
}
