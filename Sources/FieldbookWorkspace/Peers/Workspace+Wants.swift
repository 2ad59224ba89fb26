import FieldbookModel
import FieldbookReplication
import FieldbookRepository

/// What this replica asks its peers for: of what it knows and lacks, what its policy takes in.
extension Workspace {
  private var policy: ContentPolicy { environment.contentPolicy }

  /// Contents, with their bytes, in the order of their digests.
  package func wantedArtifacts(limit: Int) throws -> [(ContentDigest, Int64)] {
    guard !policy.isEverything else { return try missingArtifacts(limit: limit) }
    guard policy.reach != .onDemand else { return [] }
    let missing = try missingArtifacts(limit: .max).filter { $0.1 <= policy.largest ?? .max }
    guard policy.reach == .mine, !missing.isEmpty else { return Array(missing.prefix(limit)) }
    let own = try ownDevices()
    let named = try store.inspect { try $0.contents(namedBy: own) }
    return Array(missing.filter { named.contains($0.0) }.prefix(limit))
  }

  package func wantedSnapshots() throws -> [(run: String, commit: GitObjectID)] {
    let lacking = try lackingSnapshots()
    guard policy.reach != .all, !lacking.isEmpty else { return lacking }
    guard policy.reach == .mine else { return [] }
    let own = try ownDevices()
    let runs = try store.inspect { try $0.namedSnapshots() }.filter {
      $0.device.map(own.contains) ?? false
    }
    let mine = Set(runs.map(\.run.hex))
    return lacking.filter { mine.contains($0.run) }
  }

  /// As the settings have it.
  var policyWords: String {
    policy.reach.rawValue + (policy.largest.map { ", up to \(ByteSize.words($0))" } ?? "")
  }

  /// This device, and others of its person: a person is known by name.
  private func ownDevices() throws -> Set<DeviceKey> {
    let owner = device.owner
    return Set(try devices().filter { $0.owner == owner }.map(\.key)).union([deviceKey])
  }
}
