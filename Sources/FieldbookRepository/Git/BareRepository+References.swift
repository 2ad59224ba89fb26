import Cgit2

extension BareRepository {
  /// Nil for a reference that is not here.
  func target(of reference: String, _ repository: OpaquePointer) -> GitObjectID? {
    var id = git_oid()
    guard git_reference_name_to_id(&id, repository, reference) == 0 else { return nil }
    return GitObjectID(id)
  }

  /// All below a prefix that ends in a slash, by the rest of their names.
  func references(below prefix: String, _ repository: OpaquePointer) throws -> [String: GitObjectID]
  {
    var iterator: OpaquePointer?
    guard git_reference_iterator_glob_new(&iterator, repository, prefix + "*") == 0 else {
      throw failure("list its references")
    }
    defer { git_reference_iterator_free(iterator) }
    var out: [String: GitObjectID] = [:]
    var reference: OpaquePointer?
    while git_reference_next(&reference, iterator) == 0, let found = reference {
      defer { git_reference_free(found) }
      guard let name = git_reference_name(found), let id = git_reference_target(found) else {
        continue
      }
      out[String(String(cString: name).dropFirst(prefix.count))] = GitObjectID(id.pointee)
    }
    return out
  }
}
