import FieldbookModel

/// What a request shows of who sent it: a token as `Bearer`, or as the password of `Basic` for clients that only know those.
package enum Credentials {
  private static let headerMax = 4096

  package static func token(_ header: String?) -> [UInt8]? {
    guard let header, header.utf8.count <= headerMax else { return nil }
    let parts = header.split(separator: " ", maxSplits: 1)
    guard parts.count == 2 else { return nil }
    switch parts[0].lowercased() {
    case "bearer": return Array(parts[1].utf8)
    case "basic":
      guard let pair = Base64.decode(parts[1]), let colon = pair.firstIndex(of: UInt8(ascii: ":"))
      else { return nil }
      return Array(pair[(colon + 1)...])
    default: return nil
    }
  }
}
