import Crypto
import FieldbookModel
import FieldbookReplication

/// Who writes here, what the program knows, and what the store takes from outside: time, randomness, and that a file
/// reaches the disk.
package struct LogIdentity: Sendable {
  package let workspace: WorkspaceID
  package let signing: Curve25519.Signing.PrivateKey
  package let now: @Sendable () -> Int64
  package let random: @Sendable (Int) -> [UInt8]
  package let machine: MachineCalls
  package let vocabulary: Vocabulary
  package let waiting: WaitingLimits

  package init(
    workspace: WorkspaceID, signing: Curve25519.Signing.PrivateKey,
    now: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8],
    machine: MachineCalls = MachineCalls(), vocabulary: Vocabulary = .present,
    waiting: WaitingLimits = .usual
  ) {
    self.workspace = workspace
    self.signing = signing
    self.now = now
    self.random = random
    self.machine = machine
    self.vocabulary = vocabulary
    self.waiting = waiting
  }

  package var device: DeviceKey {
    DeviceKey(bytes: Array(signing.publicKey.rawRepresentation))!
  }

  package func randomKey() -> EntityKey { EntityKey.fresh(random) }
}
