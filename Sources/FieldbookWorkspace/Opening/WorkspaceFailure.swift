import FieldbookModel

/// Why a workspace cannot do what was asked.
package enum WorkspaceFailure: Failure, Equatable {
  case notFound(what: String, reference: String)
  case ambiguous(reference: String, candidates: [String])
  case alreadyExists(what: String, name: String)
  case parameterExists(key: String, old: String, new: String)
  case deleted(what: String, name: String)
  case invalidFilter(message: String, hint: String)
  case notAReplica(String)
  /// Of a folder that was named, and not looked for.
  case holdsNoReplica(String)
  case alreadyAReplica(String)
  case halfMade(String)
  case networkFilesystem(path: String, type: String)
  case heldElsewhere(path: String, host: String, seconds: Int64)
  case damagedFile(path: String, reason: String)
  case cannotWrite(path: String, reason: String)
  case noSuchSide(given: String, sides: [String])
  case conflictHasNoBase(String)
  case notResolvable(kind: String, hint: String)
  case artifactNotHere(path: String)
  case artifactDamaged(path: String, file: String)
  case notAdmin
  case inviteUnknown, inviteUsed, inviteExpired
  case ownFieldOnly(String)

  package var isInvalidFilter: Bool {
    if case .invalidFilter = self { true } else { false }
  }

  package var message: String {
    switch self {
    case .notFound(let what, let reference): "no \(what) matches '\(reference)'"
    case .ambiguous(let reference, let candidates):
      "'\(reference)' is ambiguous: it could be \(candidates.prefix(5).joined(separator: ", "))"
    case .alreadyExists(let what, let name): "\(what) '\(name)' already exists"
    case .parameterExists(let key, let old, let new):
      "param '\(key)' is already \(old), it cannot become \(new)"
    case .deleted(let what, let name): "\(what) '\(name)' is deleted"
    case .invalidFilter(let message, _): message
    case .holdsNoReplica(let path): "\(path) holds no replica"
    case .notAReplica(""): "the folder that this was called in is gone"
    case .notAReplica(let path): "there is no replica in \(path) or in a folder above it"
    case .alreadyAReplica(let path): "\(path) holds a replica already"
    case .halfMade(let path): "the replica in \(path) was never finished being made"
    case .networkFilesystem(let path, let type):
      "\(path) lies on a network filesystem (\(type)), where SQLite's write-ahead log can break"
    case .heldElsewhere(let path, let host, let seconds):
      "another machine, \(host), wrote in \(path) \(seconds) seconds ago: two would destroy it"
    case .damagedFile(let path, let reason): "\(path) is damaged: \(reason)"
    case .cannotWrite(let path, let reason): "\(path) cannot be written: \(reason)"
    case .noSuchSide(let given, let sides):
      "there is no side '\(given)'; the sides are \(sides.joined(separator: ", "))"
    case .conflictHasNoBase(let id): "conflict \(id.prefix(8)) has no common base"
    case .notResolvable(let kind, _): "a \(kind) conflict cannot be resolved this way"
    case .artifactNotHere(let path):
      "'\(path)' is known, but its content is not on this replica yet"
    case .artifactDamaged(let path, _): "'\(path)' is damaged on this replica's disk"
    case .notAdmin: "only an admin's device may do this"
    case .inviteUnknown: "this code was not issued here"
    case .inviteUsed: "this code was used already"
    case .inviteExpired: "this code has expired"
    case .ownFieldOnly(let field): "'\(field)' cannot be changed"
    }
  }

  package var hint: String {
    switch self {
    case .notFound(let what, _): WorkspaceFailure.listing(what)
    case .ambiguous(let reference, let candidates):
      candidates.allSatisfy { $0.hasPrefix(reference.lowercased()) }
        ? "give more characters" : "use an id of those instead of the name"
    case .alreadyExists: "choose another name"
    case .parameterExists: "params are written once; start a new run, or record it as a tag"
    case .deleted(let what, let name):
      "bring it back: fieldbook restore " + (what == "run" ? name : "\(what):\(name)")
    case .invalidFilter(_, let hint): hint
    case .holdsNoReplica: "name the folder that holds .fieldbook/; to make one: fieldbook init DIR"
    case .notAReplica(""): "change into one that is there: cd"
    case .notAReplica: "make one with: fieldbook init, or name one with --dir"
    case .alreadyAReplica: "choose another folder"
    case .halfMade: "give the same words again that were to make it: init, clone or hub"
    case .networkFilesystem: "choose a folder on a local disk; replicas meet by fieldbook sync"
    case .heldElsewhere(let path, _, _):
      "clone a replica of its own for each machine; if this one was moved here: rm \(path)/\(Holder.fileName)"
    case .damagedFile:
      "take it from a backup: fieldbook backup restore BACKUP; without one, clone anew elsewhere: what is here stays"
    case .cannotWrite: "check the folder's owner, permissions and free space"
    case .noSuchSide: "see them with: fieldbook conflicts show ID"
    case .conflictHasNoBase: "take a side (--take a) or give a value (--value TEXT)"
    case .notResolvable(_, let hint): hint
    case .artifactNotHere: "fetch it with: fieldbook sync"
    case .artifactDamaged:
      "set it aside and fetch it again: fieldbook doctor --fix, then: fieldbook sync"
    case .notAdmin: "ask an admin: fieldbook devices shows who is one"
    case .inviteUnknown: "use it at the hub that issued it"
    case .inviteUsed, .inviteExpired: "ask for a new one: fieldbook invite"
    case .ownFieldOnly: "only names, descriptions, tags, labels and aliases change"
    }
  }

  /// Where what there is of a kind is listed.
  private static func listing(_ what: String) -> String {
    switch what {
    case "run", "experiment", "model", "trace", "conflict", "device":
      "list what there is: fieldbook \(what)s"
    case "version": "list what there is: fieldbook models show MODEL"
    case "config": "list what there is: fieldbook config ls"
    case "remote": "list what there is: fieldbook remote list"
    case "change": "see what was changed: fieldbook history REF"
    case "tag", "label": "see what there is: fieldbook show REF"
    case "artifact", "file": "see what there is: fieldbook artifacts ls RUN"
    case "side": "see them with: fieldbook conflicts show ID"
    default: "look at what there is"
    }
  }
}
