import FieldbookModel
import FieldbookWorkspace

/// A peer, and how far the two agree.
package struct RemoteLine {
  package var name: String
  package var url: String
  package var lastSync: Timestamp?
  package var behindOps: Int?
  package var failure: String?
  package var failingSince: Timestamp?

  package init(_ remote: Workspace.Remote) {
    name = remote.name
    url = remote.url
    lastSync = remote.lastSync
    behindOps = remote.behindOps
    failure = remote.failure
    failingSince = remote.failingSince
  }

  package init(_ remote: RemoteStatus) {
    name = remote.name
    url = remote.url
    lastSync = remote.lastSync
    behindOps = remote.behindOps
    failure = remote.failure
    failingSince = remote.failingSince
  }

  package var json: JSON {
    [
      "name": .string(name), "url": .string(url), "last_sync": .time(lastSync),
      "behind_ops": .optional(behindOps), "error": .optional(failure),
      "failing_since": .time(failingSince),
    ]
  }
}
