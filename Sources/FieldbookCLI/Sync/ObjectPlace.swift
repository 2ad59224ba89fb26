import FieldbookModel
import FieldbookObjectStorage
import FieldbookRepository
import FieldbookWorkspace

/// `--objects` and the setting `objects`: where large files lie.
enum ObjectPlace {
  /// The bucket at an address. Asks nobody.
  ///
  /// - Throws: `InvalidInput` that says what is missing in the environment.
  static func open(_ address: String, for workspace: WorkspaceID, _ variables: [String: String])
    throws -> any PackBucket
  {
    let address = try ObjectAddress(address)
    return ObjectStorage(
      address, try ObjectEndpoint(variables, for: address), folder: workspace.hex)
  }

  /// Before anything listens: where packs go is settled, and what that needs is there.
  ///
  /// - Parameters:
  ///   - told: `s3://BUCKET/PREFIX` or `folder`; nil: as it was.
  ///   - isEmptied: a person says that the bucket lost what lay there.
  static func settle(
    _ told: String?, isEmptied: Bool = false, for replica: Workspace,
    _ variables: [String: String], _ console: Console
  ) throws {
    if told == "folder" {
      let progress = Progress(console)
      defer { progress.clear() }
      let before = try replica.keepObjectsHere {
        progress.update("\(Wording.count($0, "pack")) to fetch")
      }
      if let before {
        console.status(
          Phrase("large files lie in the folder again; what is in \(before) stays there"))
      }
      return
    }
    let before = try replica.objectsAddress()
    if let told {
      let address = try ObjectAddress(told)
      try keep(
        address.description, isNew: before == nil, isEmptied: isEmptied, replica, console)
    }
    guard let now = try replica.objectsAddress() else { return }
    try replica.requireObjects()
    if let warning = try ObjectEndpoint(variables, for: ObjectAddress(now)).warning {
      console.warning(warning)
    }
  }

  /// A storage that is new here has to answer; of one that is known, packs wait until it does.
  private static func keep(
    _ address: String, isNew: Bool, isEmptied: Bool, _ replica: Workspace, _ console: Console
  ) throws {
    do {
      try replica.keepObjects(in: address, isEmptied: isEmptied)
    } catch let failure as BucketFailure where !isNew && !isEmptied {
      // The hub serves all the same, and packs wait.
      console.warning(failure.message)
      return console.hint(failure.hint)
    }
    guard isNew else { return }
    console.status(Phrase("large files go to ") + Phrase(address, .bold))
  }
}
