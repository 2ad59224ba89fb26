import FieldbookModel
import Foundation

/// `gc`: contents that nothing names go into the trash, and from there, when they were there for as long again, for good.
///
/// Each step is one rename or one removal, and each leaves a store in which all that is named is here: it can be killed at
/// any point, and done again. What is named again meanwhile comes back out of the trash.
extension ContentStore {
  /// Of some contents those that something names.
  package typealias Naming = (Set<ContentDigest>) throws -> Set<ContentDigest>

  /// What `collect` would do now.
  package func planCollection(_ rules: CollectionRules, named: Naming) throws -> ContentCollection {
    let survey = try Survey(self, rules, named)
    var plan = survey.plan
    plan.chunks = try large.planCollection(
      grace: rules.grace, without: Set(survey.leavingRecipes.map(\.name)), now: rules.now)
    return plan
  }

  /// - Parameter patience: seconds that are waited for those who put.
  /// - Returns: what was done.
  /// - Throws: `CollectionFailure.underWay` if another process does the same; `LargeFailure.busy`.
  package func collect(_ rules: CollectionRules, patience: Double = 60, named: Naming) throws
    -> ContentCollection
  {
    let done = try StoreLocks(folder: temporary).ifFree("gc.lock", patience: 2) {
      let survey = try Survey(self, rules, named)
      var done = survey.plan
      for item in done.returned { _ = try putBack(item.content) }
      let moved = try discard(done.discarded.map(\.content), rules, patience)
      done.discarded.removeAll { !moved.contains($0.content) }
      // A peer may have named one of them meanwhile.
      let leaving = survey.leaving + survey.leavingRecipes
      let again = try named(moved.union(leaving.map(\.content))).filter { !contains($0) }
      for content in again { _ = try putBack(content) }
      done.discarded.removeAll { again.contains($0.content) }
      done.removed.removeAll { again.contains($0.content) }
      for entry in leaving where !again.contains(entry.content) {
        try large.disk.remove(entry.path)
      }
      for folder in Set(leaving.map(\.folder)) { try large.disk.syncFolder(folder) }
      for item in done.unfinished { discardPartial(item.content) }
      done.chunks = try large.collect(grace: rules.grace, patience: patience, now: rules.now)
      return done
    }
    guard let done else { throw CollectionFailure.underWay }
    return done
  }

  /// Puts a content back that `gc` took out of sight; false if it is not in the trash.
  package func putBack(_ content: ContentDigest) throws -> Bool {
    if let entry = try trash.entries(of: content).last {
      let path = folder + "/" + ContentStore.name(of: content)
      if access(path, F_OK) == 0 { return true }
      try makeFolder(of: path)
      do { try large.disk.rename(entry.path, to: path) } catch {
        guard access(entry.path, F_OK) != 0 else { throw error }
        return access(path, F_OK) == 0
      }
      try large.disk.freshen(path)
      try large.disk.syncFolder(PathText.folder(of: path))
      try trash.settle()
      return true
    }
    return try large.putBack(content)
  }

  /// Contents in the trash.
  package func discarded() throws -> Set<ContentDigest> {
    Set(try (trash.entries() + large.trash.entries()).map(\.content))
  }

  /// Takes what lies in the trash of a content away; its chunks go with `LargeStore.erase`.
  func removeDiscarded(_ content: ContentDigest) throws {
    let entries = try trash.entries(of: content)
    for entry in entries { try large.disk.remove(entry.path) }
    if !entries.isEmpty { try trash.settle() }
  }

  // MARK: Steps

  private func discard(
    _ contents: [ContentDigest], _ rules: CollectionRules, _ patience: Double
  ) throws -> Set<ContentDigest> {
    var moved: Set<ContentDigest> = []
    var recipes: [ContentDigest] = []
    var folders: Set<String> = []
    for content in contents {
      guard let path = wholeFile(of: content) else {
        recipes.append(content)
        continue
      }
      try trash.make()
      let entry = try trash.take(path, content, now: rules.now)
      folders.insert(PathText.folder(of: path))
      // Who put it again a moment ago made it young first, and has been told that it is here.
      if let age = FileAge.of(entry.path, now: rules.now), age < rules.grace {
        _ = try putBack(content)
      } else {
        moved.insert(content)
      }
    }
    if !folders.isEmpty { try trash.settle() }
    for folder in folders { try large.disk.syncFolder(folder) }
    moved.formUnion(
      try large.discard(recipes, grace: rules.grace, now: rules.now, patience: patience))
    return moved
  }
}

/// What lies where, and what of it is named.
private struct Survey {
  private(set) var plan = ContentCollection()
  /// What goes for good: files of the trash, and recipes of the other.
  private(set) var leaving: [ContentTrash.Entry] = []
  private(set) var leavingRecipes: [ContentTrash.Entry] = []

  init(_ store: ContentStore, _ rules: CollectionRules, _ naming: ContentStore.Naming) throws {
    let here = try store.all()
    let partials = store.partials()
    let (files, recipes) = (try store.trash.entries(), try store.large.trash.entries())
    let named = try naming(
      Set(here).union(partials).union((files + recipes).map(\.content)))
    for content in here where !named.contains(content) {
      let item = ContentCollection.Item(content: content, bytes: store.bytes(of: content))
      let age = FileAge.of(store.place(toName: content), now: rules.now) ?? 0
      if age >= rules.grace { plan.discarded.append(item) } else { plan.young.append(item) }
    }
    for content in partials where !named.contains(content) {
      guard let age = FileAge.of(store.partial(content), now: rules.now), age >= rules.grace else {
        continue
      }
      plan.unfinished.append(.init(content: content, bytes: store.partialSize(content)))
    }
    let isHere = Set(here)
    for entry in files + recipes {
      let isRecipe = entry.folder == store.large.folder.trash
      let bytes =
        isRecipe ? Survey.size(ofRecipe: entry) : entry.byteCount
      let item = ContentCollection.Item(content: entry.content, bytes: bytes ?? 0)
      if named.contains(entry.content), !isHere.contains(entry.content) {
        plan.returned.append(item)
      } else if rules.now - entry.time >= rules.grace, rules.mayRemove {
        plan.removed.append(item)
        if isRecipe { leavingRecipes.append(entry) } else { leaving.append(entry) }
      } else {
        plan.waiting.append(item)
      }
    }
  }

  private static func size(ofRecipe entry: ContentTrash.Entry) -> Int64? {
    guard let file = (try? OpenFile(entry.path)) ?? nil else { return nil }
    return try? LargeStore.recipe(in: file, of: entry.content).size
  }
}

package enum CollectionFailure: Failure, Equatable {
  case underWay

  package var message: String { "another process is removing what nothing names" }
  package var hint: String { "wait until it has ended" }
}
