/// Every bound of the sync protocol, by name. Sizes in bytes, times in seconds unless said otherwise.
package enum SyncLimits {
  // MARK: One message

  /// What a sender puts into one offer; a single segment or payload may exceed it.
  package static let windowBytes = 4 * 1024 * 1024
  package static let frameBytes = SegmentLimits.encodedBytes + 1024
  package static let messageBytes = windowBytes + 2 * frameBytes
  /// Handshake and enrolment messages.
  package static let smallMessageBytes = 4096
  package static let framesPerMessage = 65_536
  package static let headsPerOffer = 50_000
  package static let payloadsWanted = 2048
  /// Payloads that the peer was asked for and does not have either, remembered in one session.
  package static let payloadsUnavailable = 65_536
  package static let objectsWanted = 256
  package static let refusalsTold = 16
  package static let textBytes = 1024

  // MARK: One session

  /// Exchanges that change nothing on either side before a session gives up.
  package static let idleExchanges = 3
  package static let exchanges = 1_000_000

  // MARK: One server

  package static let handshakes = 256
  package static let handshakeSeconds = 30
  package static let sessions = 256
  package static let sessionIdleSeconds = 60
  package static let connections = 512
  package static let connectionIdleSeconds = 75
  /// Offers worked on at the same time: each may hold a message of the largest size.
  package static let concurrentExchanges = 4
  package static let waitSeconds = 25
  package static let waiters = 256
  package static let failedEnrolmentsPerMinute = 10
  package static let enrolments = 64

  // MARK: One client

  package static let connectSeconds = 10
  package static let answerSeconds = 120
  package static let retrySecondsFirst = 1.0
  package static let retrySecondsMost = 60.0

  // MARK: Artifacts

  package static let objectPartBytes = 1024 * 1024
  package static let objectBytes: Int64 = 1 << 40
}
