import Foundation

/// The system's own words for an error of Foundation's, whose `description` is for programmers.
package enum SystemReason {
  package static func words(_ error: any Error) -> String {
    if let code = code(error as NSError) { return String(cString: strerror(code)) }
    return (error as NSError).localizedDescription
  }

  /// One line with the file, if it is an error of the system's; nil for any other.
  package static func line(_ error: any Error) -> String? {
    let error = error as NSError
    guard [NSCocoaErrorDomain, NSPOSIXErrorDomain].contains(error.domain) else { return nil }
    let path =
      error.userInfo[NSFilePathErrorKey] as? String
      ?? (error.userInfo[NSURLErrorKey] as? URL)?.path
    return (path.map { "\($0): " } ?? "a file cannot be used: ") + words(error)
  }

  private static func code(_ error: NSError) -> Int32? {
    if error.domain == NSPOSIXErrorDomain { return Int32(error.code) }
    if let below = error.userInfo[NSUnderlyingErrorKey] as? any Error {
      return code(below as NSError)
    }
    guard error.domain == NSCocoaErrorDomain else { return nil }
    switch CocoaError.Code(rawValue: error.code) {
    case .fileNoSuchFile, .fileReadNoSuchFile: return ENOENT
    case .fileReadNoPermission, .fileWriteNoPermission: return EACCES
    case .fileWriteOutOfSpace: return ENOSPC
    case .fileWriteVolumeReadOnly: return EROFS
    case .fileWriteFileExists: return EEXIST
    default: return nil
    }
  }
}
