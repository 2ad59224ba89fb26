import ArgumentParser
import FieldbookModel

extension SimulationCommand {
  /// One row for each bug; fails if one is not caught.
  func hunt(_ name: String) throws {
    guard Mutant.areBuiltIn else {
      throw ValidationError("this build holds no bugs: make sim-mutants")
    }
    guard let chosen = name == "all" ? Mutant.allCases : Mutant(rawValue: name).map({ [$0] }) else {
      throw ValidationError("there is no bug named \(name): see --list-mutants")
    }
    let recorded = try recorded.map(MutantHunt.recorded) ?? []
    var isMissed = false
    for mutant in chosen {
      let hunt = MutantHunt(mutant, steps: steps, recorded: recorded, limit: limit)
      print(hunt.row)
      isMissed = isMissed || hunt.caught == 0
    }
    if isMissed { throw ExitCode(1) }
  }
}
