import FieldbookModel

/// What an invited person types once: a secret, who issued it, for which workspace, until when.
///
/// Text: `fb1-` and Crockford's base 32 of the fields and a checksum. Case, spaces and dashes do not matter,
/// O is read as 0, I and L as 1.
/// Source: D. Crockford, "Base 32".
package struct InviteCode: Equatable, Sendable {
  package var secret: [UInt8]
  package var issuerFingerprint: [UInt8]
  package var workspace: WorkspaceID
  /// A whole minute.
  package var expires: Timestamp

  package static let secretBytes = 16
  private static let version: UInt8 = 1
  private static let prefix = "fb1-"
  private static let checksumBytes = 4
  private static let byteCount = 1 + secretBytes + 16 + 16 + 4 + checksumBytes
  private static let minute: Int64 = 60_000

  package init(
    secret: [UInt8], issuerFingerprint: [UInt8], workspace: WorkspaceID, expires: Timestamp
  ) {
    self.secret = secret
    self.issuerFingerprint = issuerFingerprint
    self.workspace = workspace
    let minutes = min(max(0, expires.milliseconds / InviteCode.minute), Int64(UInt32.max))
    self.expires = Timestamp(milliseconds: minutes * InviteCode.minute)
  }

  /// Names the invite without telling the secret.
  package var id: [UInt8] { Array(OperationHash.sha256(secret + Array("id".utf8)).prefix(16)) }

  package var text: String {
    let minutes = UInt32(clamping: expires.milliseconds / InviteCode.minute)
    var bytes = [InviteCode.version] + secret + issuerFingerprint + workspace.key.bytes
    for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: minutes >> UInt32(shift))) }
    return InviteCode.prefix + Base32.encode(bytes + InviteCode.checksum(bytes))
  }

  package init(text: String) throws(InviteFailure) {
    let typed = text.lowercased().filter { !$0.isWhitespace }
    guard typed.hasPrefix(InviteCode.prefix) else { throw .notACode }
    guard let bytes = Base32.decode(typed.dropFirst(InviteCode.prefix.count)),
      bytes.count == InviteCode.byteCount
    else { throw .mistyped }
    let content = Array(bytes.dropLast(InviteCode.checksumBytes))
    guard InviteCode.checksum(content) == Array(bytes.suffix(InviteCode.checksumBytes)) else {
      throw .mistyped
    }
    guard content[0] == InviteCode.version, let workspace = EntityKey(bytes: content[33..<49]) else {
      throw .notACode
    }
    let minutes = content[49..<53].reduce(Int64(0)) { $0 << 8 | Int64($1) }
    self.init(
      secret: Array(content[1..<17]), issuerFingerprint: Array(content[17..<33]),
      workspace: WorkspaceID(workspace),
      expires: Timestamp(milliseconds: minutes * InviteCode.minute))
  }

  private static func checksum(_ bytes: [UInt8]) -> [UInt8] {
    Array(OperationHash.sha256(Array("fieldbook code".utf8) + bytes).prefix(checksumBytes))
  }
}

package enum InviteFailure: Failure, Equatable {
  case notACode
  case mistyped

  package var message: String {
    switch self {
    case .notACode: "this is not an invite code"
    case .mistyped: "the invite code has a typing error, or a part of it is missing"
    }
  }

  package var hint: String {
    switch self {
    case .notACode: "a code begins with fb1-; an admin makes one with: fieldbook invite"
    case .mistyped: "copy the whole code again"
    }
  }
}

/// Base 32 in Crockford's alphabet, without padding.
enum Base32 {
  private static let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

  static func encode(_ bytes: [UInt8]) -> String {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 5 {
        count -= 5
        out.append(digits[Int(bits >> count & 31)])
      }
      bits &= 1 << count - 1
    }
    if count > 0 { out.append(digits[Int(bits << (5 - count) & 31)]) }
    return String(decoding: out, as: UTF8.self)
  }

  /// Nil for a character that is none of the alphabet, and for leftover bits that are not zero.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    var out: [UInt8] = []
    var bits: UInt32 = 0
    var count: UInt32 = 0
    for character in text.utf8 where character != UInt8(ascii: "-") {
      let digit =
        switch character {
        case UInt8(ascii: "o"): UInt8(ascii: "0")
        case UInt8(ascii: "i"), UInt8(ascii: "l"): UInt8(ascii: "1")
        default: character
        }
      guard let value = digits.firstIndex(of: digit) else { return nil }
      bits = bits << 5 | UInt32(value)
      count += 5
      if count >= 8 {
        count -= 8
        out.append(UInt8(truncatingIfNeeded: bits >> count))
        bits &= 1 << count - 1
      }
    }
    return bits == 0 ? out : nil
  }
}
