import FieldbookModel
import FieldbookTestSupport
import FieldbookWeb
import FieldbookWorkspace
import Foundation
import Synchronization

extension FuzzTarget {
  /// What the page sends, and the log of exchanges that it shows.
  static let pages: [FuzzTarget] = [
    // Which address, what stands in it, and the body; `$run` and the like stand for what is there.
    FuzzTarget(
      "page-question", maxBytes: 2048, rounds: 200,
      seeds: questions.map { Array($0.utf8) }, body: { try ShownPage.play($0) }),
    FuzzTarget("exchange-log", seeds: try exchangeLogs()) { bytes in
      let notes = ExchangeLog.read(bytes)
      let lines = bytes.split(separator: UInt8(ascii: "\n"))
      try promise(notes.count <= lines.count, "exchange log: more is read than was written")
      for note in notes {
        guard let line = try? JSONEncoder().encode(note) else {
          // Seconds of several messages, added up beyond what a number holds.
          try promise(!note.seconds.isFinite, "exchange log: what was read cannot be written")
          continue
        }
        try promise(ExchangeLog.read(Array(line)).count <= 1, "exchange log: a line is several")
      }
    },
  ]

  private static let questions = [
    #"runs/search||{"filter":"metrics.acc > 0.1","order_by":["metrics.acc DESC"],"limit":5}"#,
    #"runs/search||{"experiment":"digits","deleted":true,"page_token":"x"}"#,
    #"curves||{"columns":40,"axis":"time","from":0,"to":9,"curves":[{"run":"$run","key":"loss"}]}"#,
    #"curves||{"curves":[{"run":"$run","key":"odd","from":-9223372036854775808,"to":9223372036854775807}]}"#,
    #"compare||{"runs":["$run","$run"]}"#,
    #"runs/{run}/change|$run|{"action":"tag","key":"k","value":"v"}"#,
    #"runs/{run}/change|$run|{"action":"describe","value":null}"#,
    #"runs/{run}/change|$run|{"action":"untag","key":"stage"}"#,
    #"runs/{run}/change|$run|{"action":"label","value":"l"}"#,
    #"runs/{run}/change|$run|{"action":"comment","value":"c"}"#,
    #"runs/{run}/change|$run|{"action":"rename","value":"n"}"#,
    #"runs/{run}/change|$run|{"action":"delete"}"#,
    #"undo||{"op":"$op"}"#, ##"views||{"name":"mine","address":"#/runs?q=a"}"##,
    #"views||{"name":"mine"}"#,
    #"conflicts/{id}/resolve|$conflict|{"take":"a"}"#,
    #"conflicts/{id}/resolve|$conflict|{"value":"both"}"#,
  ]

  private static func exchangeLogs() throws -> [[UInt8]] {
    var called = ExchangeNote(time: 1_763_697_600_000, remote: "hub", peer: "ab")
    (called.sentOps, called.receivedPoints, called.seconds) = (3, 40, 0.25)
    var answered = ExchangeNote(time: 1_763_697_610_000, peer: "cd", isInbound: true)
    answered.receivedOps = 5
    var failed = ExchangeNote(time: 1_763_697_620_000, remote: "hub")
    failed.error = "the hub cannot be reached"
    let lines = try [called, answered, answered, failed, failed].map {
      Array(try JSONEncoder().encode($0)) + [UInt8(ascii: "\n")]
    }
    return lines + [Array(lines.joined())]
  }
}

/// A laptop's page on a replica with a run and a conflict; what is changed stays, so after some rounds it is made anew.
private struct ShownPage {
  private static let rounds = 200
  private static let current = Mutex<(page: ShownPage, left: Int)?>(nil)

  private let samples: Samples
  private let answers: PageAnswers
  private let names: [(String, String)]

  private init() throws {
    samples = try Samples()
    let (hub, ana, run) = (samples.team.hub, samples.team.ana, samples.run)
    try ana.setDescription(run.key, "ana's", durability: .script)
    try hub.setDescription(run.key, "the hub's", durability: .script)
    try TestMachine.exchange(ana, hub)
    answers = PageAnswers(workspace: ana, version: "0")
    names = [
      ("$run", run.hex), ("$op", try ana.history(run.key, field: .description).first?.op ?? ""),
      ("$conflict", try ana.conflicts().first?.id ?? ""),
    ]
  }

  static func play(_ bytes: [UInt8]) throws {
    try current.withLock { current in
      if (current?.left ?? 0) == 0 { current = (try ShownPage(), rounds) }
      current?.left -= 1
      try current?.page.play(bytes)
    }
  }

  private func play(_ bytes: [UInt8]) throws {
    let parts = bytes.split(
      separator: UInt8(ascii: "|"), maxSplits: 2, omittingEmptySubsequences: false
    ).map { Array($0) }
    guard parts.count == 3, let word = PageWord(rawValue: parts[0].text) else { return }
    let (status, document) = answers.answer(word, filled(parts[1]).text, body: filled(parts[2]))
    try promise(status < 500, "page: an internal error: \(document.text(isIndented: false))")
    try promise(
      (try? JSONParser.parse(document.utf8)) != nil,
      "page: the answer does not read")
  }

  /// With what is there in the place of its names.
  private func filled(_ bytes: [UInt8]) -> [UInt8] {
    names.reduce(bytes) { $0.replacing(Array($1.0.utf8), with: Array($1.1.utf8)) }
  }
}
