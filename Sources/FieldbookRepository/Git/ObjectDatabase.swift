import Cgit2
import FieldbookModel

/// The objects of a repository, by name. What is read has the hash that it is named by: libgit2 sees to that.
final class ObjectDatabase {
  let raw: OpaquePointer

  /// - Parameters:
  ///   - repository: must outlive this.
  ///   - path: for messages.
  init(_ repository: OpaquePointer, path: String) throws {
    var found: OpaquePointer?
    guard git_repository_odb(&found, repository) == 0, let found else {
      throw GitFailure.failed(path, doing: "open its objects", reason: GitLibrary.lastError)
    }
    raw = found
  }

  deinit { git_odb_free(raw) }

  func has(_ id: GitObjectID) -> Bool {
    var name = id.raw
    return git_odb_exists(raw, &name) == 1
  }

  /// Bytes of an object, as it says; nil for one that is not here.
  func size(of id: GitObjectID) -> Int? {
    var (name, size, kind) = (id.raw, 0, GIT_OBJECT_INVALID)
    return git_odb_read_header(&size, &kind, raw, &name) == 0 ? size : nil
  }

  /// Nil for an object that is not here, or no longer what its name says.
  func read(_ id: GitObjectID) -> (kind: git_object_t, bytes: [UInt8])? {
    var name = id.raw
    var object: OpaquePointer?
    guard git_odb_read(&object, raw, &name) == 0, let object else { return nil }
    defer { git_odb_object_free(object) }
    let bytes = UnsafeRawBufferPointer(
      start: git_odb_object_data(object), count: git_odb_object_size(object))
    return (git_odb_object_type(object), Array(bytes))
  }
}

extension BareRepository {
  /// Nil if there is no repository yet.
  func withObjects<Value>(_ body: (ObjectDatabase, OpaquePointer) throws -> Value) throws -> Value?
  {
    guard let repository = try open() else { return nil }
    defer { git_repository_free(repository) }
    return try body(try ObjectDatabase(repository, path: path), repository)
  }
}
