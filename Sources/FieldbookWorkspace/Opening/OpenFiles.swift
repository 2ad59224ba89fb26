import Foundation

/// Which processes of this machine have a file open, as far as this user may see.
package enum OpenFiles {
  /// Ids of the processes, this one left out. Source: proc(5), `/proc/PID/fd`.
  package static func holders(of paths: [String]) -> [Int32] {
    let wanted = Set(paths.map { URL(fileURLWithPath: $0).resolvingSymlinksInPath().path })
    let own = ProcessInfo.processInfo.processIdentifier
    let ids = names(in: "/proc").compactMap { Int32($0) }.filter { $0 != own }
    return ids.sorted().filter { id in
      names(in: "/proc/\(id)/fd").contains { name in
        guard
          let target = try? FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(id)/fd/\(name)")
        else { return false }
        return wanted.contains(target)
      }
    }
  }

  private static func names(in folder: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
  }
}
