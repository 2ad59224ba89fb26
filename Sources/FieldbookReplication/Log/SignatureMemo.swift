import FieldbookModel
import Synchronization

/// Signatures that were found good before. Only where one process plays many replicas, each of which verifies the same segments: a program
/// verifies each anew, and remembers nothing.
package enum SignatureMemo {
  private static let good = Mutex<Set<[UInt8]>?>(nil)

  /// Begins to remember, and forgets what was known.
  package static func begin() { good.withLock { $0 = [] } }

  /// True if these very bytes, by this device, were found good.
  static func knows(_ signature: [UInt8], _ hash: SegmentHash, _ device: DeviceKey) -> Bool {
    good.withLock { $0?.contains(signature + hash.bytes + device.bytes) == true }
  }

  static func note(_ signature: [UInt8], _ hash: SegmentHash, _ device: DeviceKey) {
    good.withLock { _ = $0?.insert(signature + hash.bytes + device.bytes) }
  }
}
