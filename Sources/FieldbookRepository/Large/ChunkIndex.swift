import FieldbookModel
import Foundation

/// Where the chunks of all packs lie, as of one moment: packs that are in no index file by their own tables, all others by
/// the files, of which there are about as many as the number of packs has digits.
struct ChunkIndex: Sendable {
  struct Part: Sendable {
    /// Of an index file; nil for one pack's own table.
    var file: String?
    /// Numbers in the table count these.
    var packs: [ContentDigest]
    var table: ChunkTable
  }

  /// With how many packs of their own an index file is made.
  static let loosePacksMax = 8

  /// Looked through in this order.
  private(set) var parts: [Part] = []
  /// Those that are here, and those that lie in a bucket.
  private(set) var packs: Set<ContentDigest> = []
  private var here: Set<ContentDigest> = []
  /// Packs without a table that holds: what is in them was found by looking.
  private(set) var damagedPacks: Set<ContentDigest> = []
  private(set) var damage = ChunkDamage()
  private var stamps: [FolderStamp] = []

  var isMerged: Bool { parts.contains { $0.file != nil } }
  var loosePacks: Int { parts.count { $0.file == nil } }

  /// True for a pack that is on this disk, whether or not it lies in a bucket, too.
  func isHere(_ pack: ContentDigest) -> Bool { here.contains(pack) }
  /// True if a pack lies in the bucket alone.
  var hasAway: Bool { packs.count > here.count }

  /// All places of a chunk in packs that are there and where it was not found damaged; those on this disk first.
  func places(of digest: ContentDigest) -> [ChunkPlace] {
    var found: [ChunkPlace] = []
    for part in parts {
      for entry in part.table.entries(of: digest) where Int(entry.pack) < part.packs.count {
        let place = ChunkPlace(
          pack: part.packs[Int(entry.pack)], offset: entry.offset, frameBytes: entry.frameBytes)
        guard packs.contains(place.pack), !damage.isBad(place, of: digest), !found.contains(place)
        else { continue }
        found.append(place)
      }
    }
    guard found.count > 1, hasAway else { return found }
    return found.filter { isHere($0.pack) } + found.filter { !isHere($0.pack) }
  }

  func contains(_ digest: ContentDigest) -> Bool { !places(of: digest).isEmpty }

  /// True unless packs or marks came or went since it was made.
  func isCurrent(_ folder: LargeFolder) -> Bool { stamps == ChunkIndex.stamps(folder) }

  private static func stamps(_ folder: LargeFolder) -> [FolderStamp] {
    [FolderStamp(folder.packs), FolderStamp(folder.damaged), FolderStamp(folder.away)]
  }

  /// - Parameter old: whose open tables are taken over.
  init(_ folder: LargeFolder, after old: ChunkIndex? = nil) throws {
    // Before the names: what comes meanwhile is looked for again.
    stamps = ChunkIndex.stamps(folder)
    // In this order: one that is noted is here until then.
    here = Set(try LargeFolder.digests(in: folder.packs, suffix: ".pack"))
    packs = here.union(try folder.awayPacks())
    damage = try ChunkDamage(folder)
    var covered: Set<ContentDigest> = []
    for name in try LargeFolder.names(in: folder.index).sorted() where name.hasSuffix(".index") {
      let path = folder.index + "/" + name
      var part = old?.parts.first { $0.file == path }
      if part == nil, let file = try OpenFile(path), let index = IndexFile(.file(file)) {
        part = Part(file: path, packs: index.packs, table: index.table)
      }
      guard let part, part.packs.contains(where: { packs.contains($0) && !covered.contains($0) })
      else { continue }
      parts.append(part)
      covered.formUnion(part.packs)
    }
    for name in packs.subtracting(covered).sorted() {
      if let part = old?.parts.first(where: { $0.file == nil && $0.packs == [name] }) {
        parts.append(part)
        if old?.damagedPacks.contains(name) == true { damagedPacks.insert(name) }
        continue
      }
      guard let (table, isWhole) = try ChunkIndex.table(of: name, folder) else { continue }
      parts.append(Part(file: nil, packs: [name], table: table))
      if !isWhole { damagedPacks.insert(name) }
    }
    // A pack that has gone meanwhile has no part, and is no longer there.
    parts.sort { $0.table.count > $1.table.count }
  }

  init() {}

  /// A pack's own table; found by looking if it is damaged. Of one that lies in a bucket alone, as it was noted here. Nil for a
  /// pack that is gone or of a later format.
  static func table(of pack: ContentDigest, _ folder: LargeFolder) throws -> (
    ChunkTable, isWhole: Bool
  )? {
    guard let file = try OpenFile(folder.pack(pack)) else {
      return PackNote.read(folder.note(pack), of: pack).map { ($0.table, true) }
    }
    let bytes = StoredBytes.file(file)
    let head = PackFormat.head(bytes.read(at: 0, count: PackFormat.headBytes))
    if head == .later { return nil }
    if let (name, table) = PackFormat.table(of: bytes), name == pack { return (table, true) }
    return (PackFormat.scan(bytes), false)
  }
}
