import Foundation

/// How many files and connections this process may have open.
package enum FileLimit {
  /// Beside connections: database, contents, and what the system's libraries keep.
  private static let spare = 512

  /// Raises the soft limit, where the hard one lets it, to what a full server needs. macOS begins with 256.
  package static func raise(for bounds: ListeningBounds = ListeningBounds()) {
    let needed = rlim_t(bounds.connections + spare)
    var limit = rlimit()
    #if os(Linux)
      let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
      let files = RLIMIT_NOFILE
    #endif
    guard getrlimit(files, &limit) == 0, limit.rlim_cur < needed else { return }
    limit.rlim_cur = min(needed, limit.rlim_max)
    setrlimit(files, &limit)
  }
}
