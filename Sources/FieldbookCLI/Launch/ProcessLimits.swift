import FieldbookModel
import Foundation

/// What this process may use at most (`ulimit`). Below these, libraries end the process or wait for ever.
enum ProcessLimits {
  /// A server, its connections and a child's pipes need about so many.
  static let openFilesMin: UInt64 = 40
  /// Of address space, most of which is never touched: threads reserve their stacks in it.
  static let addressBytesMin: UInt64 = 256 << 20

  /// Throws before anything is begun that could not be finished.
  static func check() throws {
    try check(
      openFiles: limit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue)),
      addressBytes: limit(__rlimit_resource_t(RLIMIT_AS.rawValue)))
  }

  static func checkAddressSpace() throws {
    try check(openFiles: .max, addressBytes: limit(__rlimit_resource_t(RLIMIT_AS.rawValue)))
  }

  static func check(openFiles: UInt64, addressBytes: UInt64) throws(InvalidInput) {
    if openFiles < openFilesMin {
      throw InvalidInput(
        "this process may have only \(openFiles) files open, it needs \(openFilesMin)",
        hint: "raise the limit: ulimit -n 1024")
    }
    if addressBytes < addressBytesMin {
      throw InvalidInput(
        "this process may use only \(addressBytes >> 20) MiB of address space, it needs"
          + " \(addressBytesMin >> 20)",
        hint: "raise the limit: ulimit -v unlimited")
    }
  }

  private static func limit(_ resource: __rlimit_resource_t) -> UInt64 {
    var limit = rlimit()
    return getrlimit(resource, &limit) == 0 ? UInt64(limit.rlim_cur) : .max
  }
}
