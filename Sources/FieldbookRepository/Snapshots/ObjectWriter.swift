import Cgit2
import FieldbookModel
import Foundation

/// Writes objects into a repository: few as files of their own, many as one pack. What is there already is not written
/// again.
///
/// Nothing is to be named before `finish`, and what `finish` wrote survives a power cut.
final class ObjectWriter {
  private let repository: OpaquePointer
  private let database: ObjectDatabase
  private let path: String
  private var pending: [(id: git_oid, kind: git_object_t, bytes: [UInt8])] = []
  /// Where in `pending` each is.
  private var places: [GitObjectID: Int] = [:]
  private var known: Set<GitObjectID> = []
  private var pendingBytes = 0
  private(set) var written = 0
  private let packs: Bool
  /// Hears of objects before they are written.
  private let noting: (([GitObjectID]) throws -> Void)?

  /// Objects that are worth a pack.
  private static let packMin = 33
  private static let pendingBytesMax = 8 << 20

  /// - Parameters:
  ///   - repository: must outlive this.
  ///   - packs: false: each object a file of its own, however many they are.
  ///   - noting: called with objects before they are written.
  init(
    _ repository: OpaquePointer, path: String, packs: Bool = true,
    noting: (([GitObjectID]) throws -> Void)? = nil
  ) throws {
    self.repository = repository
    self.path = path
    self.packs = packs
    self.noting = noting
    database = try ObjectDatabase(repository, path: path)
  }

  func blob(_ bytes: [UInt8]) throws -> GitObjectID { try add(GIT_OBJECT_BLOB, bytes) }

  func add(_ kind: git_object_t, _ bytes: [UInt8]) throws -> GitObjectID {
    var raw = git_oid()
    guard git_odb_hash(&raw, bytes, bytes.count, kind) == 0 else { throw failure("name an object") }
    let id = GitObjectID(raw)
    guard known.insert(id).inserted, !database.has(id) else { return id }
    places[id] = pending.count
    pending.append((raw, kind, bytes))
    pendingBytes += bytes.count
    if pendingBytes > ObjectWriter.pendingBytesMax { try flush() }
    return id
  }

  func finish() throws { try flush() }

  /// What was added, whether or not it was there.
  var named: Set<GitObjectID> { known }

  private func flush() throws {
    guard !pending.isEmpty else { return }
    try noting?(pending.map { GitObjectID($0.id) })
    if !packs || pending.count < ObjectWriter.packMin {
      for object in pending {
        var id = git_oid()
        guard
          git_odb_write(&id, database.raw, object.bytes, object.bytes.count, object.kind) == 0,
          GitObjectID(id) == GitObjectID(object.id)
        else { throw failure("write an object") }
      }
    } else {
      try writePack()
    }
    written += pending.count
    pending = []
    places = [:]
    pendingBytes = 0
  }

  private func writePack() throws {
    var pack = try packed()
    defer { git_buf_dispose(&pack) }
    var writing: UnsafeMutablePointer<git_odb_writepack>?
    guard git_odb_write_pack(&writing, database.raw, nil, nil) == 0, let writing else {
      throw failure("write a pack")
    }
    defer { writing.pointee.free(writing) }
    var progress = git_indexer_progress()
    guard writing.pointee.append(writing, pack.ptr, pack.size, &progress) == 0,
      writing.pointee.commit(writing, &progress) == 0
    else { throw failure("write a pack") }
    guard git_odb_refresh(database.raw) == 0 else { throw failure("open its objects") }
  }

  /// By a repository of its own, which holds them in memory alone.
  private func packed() throws -> git_buf {
    var memory: OpaquePointer?
    guard git_repository_open_bare(&memory, path) == 0, let memory else { throw failure("open it") }
    defer { git_repository_free(memory) }
    let objects = try ObjectDatabase(memory, path: path)
    var backend: UnsafeMutablePointer<git_odb_backend>?
    guard git_mempack_new(&backend) == 0, git_odb_add_backend(objects.raw, backend, 1000) == 0
    else {
      throw failure("write a pack")
    }
    for object in pending {
      var id = git_oid()
      guard git_odb_write(&id, objects.raw, object.bytes, object.bytes.count, object.kind) == 0
      else {
        throw failure("write a pack")
      }
    }
    var builder: OpaquePointer?
    guard git_packbuilder_new(&builder, memory) == 0, let builder else {
      throw failure("write a pack")
    }
    defer { git_packbuilder_free(builder) }
    // One by one: only these, whether or not what they reach is here.
    for object in pending {
      var id = object.id
      guard git_packbuilder_insert(builder, &id, nil) == 0 else { throw failure("write a pack") }
    }
    var pack = git_buf()
    guard git_packbuilder_write_buf(&pack, builder) == 0 else { throw failure("write a pack") }
    return pack
  }

  private func failure(_ action: String) -> GitFailure {
    .failed(path, doing: action, reason: GitLibrary.lastError)
  }

  // MARK: Looking

  func has(_ id: GitObjectID) -> Bool { known.contains(id) || database.has(id) }

  /// Nil if it cannot be read.
  func read(_ id: GitObjectID) -> [UInt8]? {
    if let place = places[id] { return pending[place].bytes }
    return database.read(id)?.bytes
  }
}
