import Foundation

/// What a Python interpreter says of itself.
struct PythonFacts: Equatable, Sendable {
  var version: String
  var executable: String
  /// Lines of `RequiredPackage`, in order.
  var packages: [String]
  /// What is known of their files.
  var hashes: [PackageHash] = []

  static func isInterpreter(_ program: String) -> Bool {
    (program as NSString).lastPathComponent.hasPrefix("python")
  }

  var minor: String? { PythonFacts.minor(of: version) }

  /// `3.11` of `3.11.2`; nil for what is no version, whoever wrote it.
  static func minor(of version: String) -> String? {
    let parts = version.split(separator: ".", omittingEmptySubsequences: false).prefix(2)
    let isPlain = parts.allSatisfy { part in
      (1...4).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
    }
    return parts.count == 2 && isPlain ? parts.joined(separator: ".") : nil
  }

  /// Nil if it is none, fails, or takes longer.
  static func ask(
    _ program: String, folder: String, variables: [String: String], patience: Duration
  ) -> PythonFacts? {
    guard
      let output = Capture.output(
        [program, "-c", PythonQuestion.script], folder: folder, variables: variables,
        patience: patience)
    else { return nil }
    let lines = output.split(separator: "\n").map(String.init)
    guard lines.count >= 2 else { return nil }
    let rest = lines.dropFirst(2)
    let hashes = rest.filter { $0.hasPrefix(PythonQuestion.hashMark) }
      .compactMap { PackageHash(String($0.dropFirst(PythonQuestion.hashMark.count))) }
    return PythonFacts(
      version: lines[0], executable: lines[1],
      packages: rest.filter { !$0.hasPrefix(PythonQuestion.hashMark) }, hashes: hashes)
  }
}
