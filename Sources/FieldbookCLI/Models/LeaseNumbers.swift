import ArgumentParser
import FieldbookDocuments
import FieldbookModel
import FieldbookReplication
import FieldbookSync
import FieldbookWorkspace

struct LeaseNumbers: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "lease",
    abstract: "Have final version numbers at hand while you are away.",
    discussion: """
      Asks whoever gives the model's version numbers for some, and syncs to fetch them. Versions \
      that are registered here afterwards get them at once, without a network; nobody else is \
      ever given one of them. Those that are never used stay gaps.

      Example:
        fieldbook models lease churn 20
      """)

  @Argument(help: "The model.") var name: String
  @Argument(help: "How many are to be at hand: 1 to 1000.") var count: Int
  @OptionGroup var common: CommonOptions

  func validate() throws {
    guard LeaseRequest.counts.contains(Int64(count)) else {
      throw ValidationError("COUNT must be 1 to \(LeaseRequest.counts.upperBound)")
    }
  }

  func run() async throws {
    try await common.withWorkspaceOpen { workspace, console in
      let model = try workspace.model(named: name).id
      let asked = try workspace.requestLease(of: model, atLeast: count)
      if try left(workspace, model).reduce(0, { $0 + $1.left }) < count {
        await exchange(workspace, console)
      }
      show(asked, try left(workspace, model), console)
    }
  }

  private func left(_ workspace: Workspace, _ model: ModelID) throws -> [LeasedNumbers] {
    try workspace.leasedNumbers(of: model)
      .filter { $0.device.isSelf && !$0.hasLapsed && $0.left > 0 }
  }

  /// What cannot be reached now answers another time: that is said, and no failure.
  private func exchange(_ workspace: Workspace, _ console: Console) async {
    let progress = Progress(console)
    for remote in (try? SyncTargets.chosen([], from: workspace.remotes(), remote: workspace.remote))
      ?? []
    {
      progress.update("asking \(remote.name) …")
      do {
        _ = try await SyncClient.sync(workspace, remote: remote)
        progress.clear()
      } catch let failure as any Failure {
        progress.clear()
        console.hint("\(remote.name): \(failure.message)")
      } catch {
        progress.clear()
        console.hint("\(remote.name): \(SystemReason.words(error))")
      }
    }
  }

  private func show(_ asked: Int, _ left: [LeasedNumbers], _ console: Console) {
    let atHand = left.reduce(0) { $0 + $1.left }
    if atHand >= count {
      let blocks = left.map { Wording.range($0.numbers) }.joined(separator: ", ")
      console.status(
        Phrase("\(atHand) ", .bold)
          + Phrase("of \(name)'s version numbers are at hand: \(blocks)"))
    } else {
      console.status(
        Phrase("asked for \(asked == 0 ? count - atHand : asked) of \(name)'s version numbers"))
      console.hint("they come once the device that gives them has heard of it: fieldbook sync")
    }
    console.show(
      Silent(
        json: [
          "name": .string(name), "asked": .count(asked), "left": .count(atHand),
          "leases": .array(left.map(\.json)),
        ]))
  }
}

extension Wording {
  /// `8`, or `8 to 27`.
  static func range(_ numbers: ClosedRange<Int64>) -> String {
    numbers.count == 1
      ? "\(numbers.lowerBound)" : "\(numbers.lowerBound) to \(numbers.upperBound)"
  }
}
