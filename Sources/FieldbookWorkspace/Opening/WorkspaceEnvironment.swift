import FieldbookModel
import FieldbookReplication
import FieldbookRepository
import FieldbookStore
import Foundation

/// What a workspace takes from the machine: time, randomness, folders, identity.
package struct WorkspaceEnvironment: Sendable {
  /// Milliseconds since 1970.
  package var now: @Sendable () -> Int64
  package var random: @Sendable (Int) -> [UInt8]
  /// Where high-water marks lie: outside every replica.
  package var stateHome: String
  package var configHome: String
  /// Tells a copy on another machine from the original.
  package var machineID: String
  /// Tells one start of a machine from the next. Containers of one machine have it in common, and see each other's locks.
  package var bootID: String
  package var machine = MachineCalls()
  package var vocabulary = Vocabulary.present
  package var waiting = WaitingLimits.usual
  /// What scripts log waits for the disk as what people write does.
  package var scriptsWait = false
  /// Files of more bytes than this lie in chunks.
  package var largeFiles = LargeFiles.usual
  package var contentPolicy = ContentPolicy()
  /// The bucket at an address, for a workspace: what speaks to object storages is above this module. Asks nobody; throws what is
  /// missing to do so.
  package var openBucket: (@Sendable (String, WorkspaceID) throws -> any PackBucket)?
  /// Bytes of packs that stay here although they lie in a bucket.
  package var objectsCache = PackShelf.cacheBytes

  package init(
    now: @escaping @Sendable () -> Int64, random: @escaping @Sendable (Int) -> [UInt8],
    stateHome: String, configHome: String, machineID: String,
    bootID: String = WorkspaceEnvironment.presentBoot
  ) {
    self.now = now
    self.random = random
    self.stateHome = stateHome
    self.configHome = configHome
    self.machineID = machineID
    self.bootID = bootID
  }

  /// Source: proc(5).
  package static let presentBoot =
    ((try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? "")
    .trimmingCharacters(in: .whitespacesAndNewlines)

  package static func live(
    _ variables: [String: String] = ProcessInfo.processInfo.environment
  ) -> WorkspaceEnvironment {
    let home = variables["HOME"] ?? "/"
    let machine = (try? String(contentsOfFile: "/etc/machine-id", encoding: .utf8)) ?? ""
    var environment = WorkspaceEnvironment(
      now: {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
      },
      random: { count in
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
      },
      stateHome: (variables["XDG_STATE_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        ?? home + "/.local/state") + "/fieldbook",
      configHome: (variables["XDG_CONFIG_HOME"].flatMap { $0.isEmpty ? nil : $0 }
        ?? home + "/.config") + "/fieldbook",
      machineID: machine.trimmingCharacters(in: .whitespacesAndNewlines))
    environment.largeFiles =
      variables["FIELDBOOK_LARGE_FILES"].flatMap(LargeFiles.bytes) ?? LargeFiles.usual
    environment.contentPolicy = ContentPolicy(variables)
    environment.objectsCache =
      variables["FIELDBOOK_OBJECTS_CACHE"].flatMap(ObjectsCache.bytes) ?? PackShelf.cacheBytes
    environment.scriptsWait = variables["FIELDBOOK_POWER_CUT"] == PowerCut.costsNothing.rawValue
    return environment
  }
}

/// What a power cut may cost of what scripts log. The values of a setting.
package enum PowerCut: String, CaseIterable, Sendable {
  /// The last 200 ms.
  case costsMoments = "moments"
  /// Nothing: each call waits for the disk.
  case costsNothing = "nothing"
}
