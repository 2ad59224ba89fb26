import FieldbookModel
import FieldbookReplication

/// Why an exchange with a peer did not happen.
package enum SyncFailure: Failure, Equatable {
  case badURL(String)
  case notLoopback(String)
  case unreachable(url: String, reason: String)
  case otherCertificate(url: String, shown: CertificateFingerprint)
  case codeNeedsTLS(url: String)
  case enrolmentUnanswered(url: String, reason: String)
  case peerRefused(String)
  case notAPeer(url: String)
  case unprovenPeer(DeviceKey)
  case otherPeer(expected: DeviceKey, found: DeviceKey)
  case otherWorkspace
  case bundleOfOther(name: String)
  case notEnrolledHere
  case notHeardOfThere
  case revokedThere
  case contentNotThere
  /// The peer keeps it in an object storage that it cannot reach now.
  case contentAway
  case contentsAway(Int)
  case wantsWhole
  case codeExpired
  case codeRefused(String)
  case codeForOther(WorkspaceID)
  case tooManyRounds
  case refusedSegment(String)
  case refusedThere(String)
  case notABundle(path: String)
  case damagedBundle(String)
  case bundleNeeds(Int)
  case cannotWrite(path: String, reason: String)

  package var message: String {
    switch self {
    case .badURL(let text): "'\(text)' is not an address that can be synced with"
    case .notLoopback(let host):
      "\(host) is not this machine's loopback address, and plain HTTP goes no further"
    case .unreachable(let url, let reason): "\(url) cannot be reached: \(reason)"
    case .otherCertificate(let url, let shown):
      "\(url) shows another certificate than the one it is known by: sha256 \(shown.hex)"
    case .codeNeedsTLS(let url): "this code is for a server with TLS, and \(url) has none"
    case .enrolmentUnanswered(let url, let reason):
      "\(url) was sent the code and did not answer: \(reason)"
    case .peerRefused(let text): text
    case .notAPeer(let url): "\(url) does not speak Fieldbook's sync protocol"
    case .unprovenPeer(let key):
      "the peer did not prove that it is device \(key.id) of this workspace"
    case .otherPeer(let expected, let found):
      "the peer is device \(found.id), the remote was known as \(expected.id)"
    case .otherWorkspace: "the peer holds another workspace"
    case .bundleOfOther(let name): "the bundle is of another workspace, '\(name)'"
    case .notEnrolledHere: "this device is not enrolled yet"
    case .notHeardOfThere: "the peer has not heard yet that this device was let in"
    case .revokedThere: "the peer says that this device was revoked"
    case .contentNotThere: "the peer does not have this content either"
    case .contentAway:
      "the peer keeps this content in an object storage that it cannot reach at the moment"
    case .contentsAway(let count):
      "the peer cannot reach its object storage at the moment: \(count) "
        + (count == 1 ? "file stays where it is" : "files stay where they are")
    case .wantsWhole: "the peer wants this content whole"
    case .codeExpired: "this code has expired"
    case .codeRefused(let text): text
    case .codeForOther(let id): "this code is for another workspace, \(id.hex.prefix(8))"
    case .tooManyRounds: "the exchange does not come to an end"
    case .refusedSegment(let text): text
    case .refusedThere(let text): "the peer could not take a part: \(text)"
    case .notABundle(let path): "\(path) is not a Fieldbook bundle"
    case .damagedBundle(let text): "the bundle is damaged: \(text)"
    case .bundleNeeds(let count):
      "the bundle builds on changes of \(Amount.of(count, "device")) that are not here"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    }
  }

  package var hint: String {
    switch self {
    case .badURL: "give one like https://hub.example.org:4600, or http://127.0.0.1:4600"
    case .notLoopback:
      "serve with TLS (fieldbook hub --host ADDRESS) and use https://, or reach it through ssh -L"
    case .unreachable: "check that the hub runs, and its address: fieldbook remote list"
    case .otherCertificate:
      "if it was changed on purpose, its admin says so: fieldbook enroll NEW-CODE --url URL, or "
        + "fieldbook remote remove and add with --certificate SHA256; else somebody stands between"
    case .codeNeedsTLS: "use the address that the hub printed, which begins with https://"
    case .enrolmentUnanswered: "try again with the same code: it counts once for this device"
    case .peerRefused: "see the peer's own output"
    case .notAPeer: "check the address: fieldbook remote list"
    case .unprovenPeer, .otherPeer:
      "do not sync with it before you know who it is; then remove and add the remote"
    case .otherWorkspace: "check which remote belongs to this workspace"
    case .bundleOfOther: "apply it in a replica of that workspace, or: fieldbook clone BUNDLE DIR"
    case .revokedThere:
      "nothing is lost; ask an admin: what was recorded since can be accepted, or enrolled anew"
    case .notEnrolledHere: "ask for a code, then: fieldbook enroll CODE"
    case .notHeardOfThere:
      "it will when it has synced with the hub, or with who let this device in: fieldbook sync, there"
    case .wantsWhole: "try again: fieldbook sync"
    case .contentAway, .contentsAway:
      "everything else was exchanged; try again later: fieldbook sync"
    case .contentNotThere: "sync with the peer that recorded it"
    case .codeExpired, .codeRefused: "ask for a new one: fieldbook invite"
    case .codeForOther: "use it where that workspace is, or clone anew"
    case .tooManyRounds: "try again; if it stays so, run: fieldbook doctor"
    case .refusedThere: "everything else was exchanged; run: fieldbook doctor"
    case .refusedSegment: "everything else was kept; ask the peer to run: fieldbook doctor"
    case .bundleNeeds: "apply an earlier bundle first, or have this one made without --since"
    case .notABundle: "check the path; fieldbook bundle create FILE makes one"
    case .damagedBundle: "copy it again, or have it made again; nothing was changed"
    case .cannotWrite: "check the folder's permissions and free space"
    }
  }
}
