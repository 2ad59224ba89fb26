import Foundation

/// What a Python interpreter says of itself.
struct PythonFacts: Equatable, Sendable {
  var version: String
  var executable: String
  /// Lines of `RequiredPackage`, in order.
  var packages: [String]

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

  /// What did not come from an index is told with its URL (PEP 610), as `pip freeze` tells it.
  private static let script = """
    import importlib.metadata as m, json, platform, sys
    def line(d):
        name = d.metadata['Name']
        try:
            told = json.loads(d.read_text('direct_url.json') or 'null')
            url = told['url'] if told else None
            vcs = told.get('vcs_info') if told else None
            if vcs: url = f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
        except Exception:
            url = None
        return f"{name} @ {url}" if url and ' ' not in url else f"{name}=={d.version}"
    print(platform.python_version()); print(sys.executable)
    for d in sorted({line(d) for d in m.distributions()}): print(d)
    """

  /// Nil if it is none, fails, or takes longer.
  static func ask(
    _ program: String, folder: String, variables: [String: String], patience: Duration
  ) -> PythonFacts? {
    guard
      let output = Capture.output(
        [program, "-c", script], folder: folder, variables: variables, patience: patience)
    else { return nil }
    let lines = output.split(separator: "\n").map(String.init)
    guard lines.count >= 2 else { return nil }
    return PythonFacts(
      version: lines[0], executable: lines[1], packages: Array(lines.dropFirst(2)))
  }
}
