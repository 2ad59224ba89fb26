import Foundation

/// What the processes below one use, as `/proc` tells it.
struct ProcessTree {
  /// Bytes of memory. Pages that several share count in parts, where the system tells how many share them.
  ///
  /// - Returns: nil if there are none.
  static func memory(below root: Int32, proc: String = "/proc") -> Int64? {
    let parents = parents(proc)
    var members: Set<Int32> = []
    var next = [root]
    while let one = next.popLast() {
      for child in parents[one] ?? [] where members.insert(child).inserted { next.append(child) }
    }
    let amounts = members.compactMap { memory(of: $0, proc) }
    return amounts.isEmpty ? nil : amounts.reduce(0, +)
  }

  /// Children by their parent. Source: proc(5), `/proc/PID/stat`, field 4.
  private static func parents(_ proc: String) -> [Int32: [Int32]] {
    var out: [Int32: [Int32]] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: proc)) ?? [] {
      guard let process = Int32(name), let fields = fields(of: process, proc), fields.count > 1,
        let parent = Int32(fields[1])
      else { continue }
      out[parent, default: []].append(process)
    }
    return out
  }

  /// `Pss` of smaps_rollup; where that may not be read, the resident pages, field 24. Source: proc(5).
  private static func memory(of process: Int32, _ proc: String) -> Int64? {
    let rollup = try? String(contentsOfFile: "\(proc)/\(process)/smaps_rollup", encoding: .utf8)
    let line = rollup?.split(separator: "\n").first { $0.hasPrefix("Pss:") }
    if let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap({ Int64($0) }) {
      return kibibytes * 1024
    }
    guard let fields = fields(of: process, proc), fields.count > 21, let pages = Int64(fields[21])
    else { return nil }
    return pages.multipliedReportingOverflow(by: Int64(sysconf(Int32(_SC_PAGESIZE)))).partialValue
  }

  /// Those behind the name, which may hold anything: the first is the state, field 3.
  private static func fields(of process: Int32, _ proc: String) -> [Substring]? {
    guard let text = try? String(contentsOfFile: "\(proc)/\(process)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }
}
