import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Why there was no answer, in words.
enum Unreachable {
  static func failure(_ url: String, _ error: any Error) -> SyncFailure {
    switch error {
    case AnswerFailure.tooLarge, is HTTPParserError: .notAPeer(url: url)
    case let error as NIOConnectionError:
      .unreachable(
        url: url,
        reason: error.connectionErrors.first.map { reason($0.error) } ?? "the name is not known")
    default: .unreachable(url: url, reason: reason(error))
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as IOError: String(cString: strerror(error.errnoCode))
    case ChannelError.connectTimeout: "nobody answers there"
    case AnswerFailure.tooSlow: "no answer came in time"
    case AnswerFailure.closed: "the connection was closed"
    case is NIOSSLError, is BoringSSLError: "no TLS of this program's kind is spoken there"
    default: "no answer (\(type(of: error)))"
    }
  }
}
