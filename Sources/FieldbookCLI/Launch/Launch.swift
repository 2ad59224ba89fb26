import ArgumentParser
import Dispatch
import FieldbookModel
import Foundation

extension Fieldbook {
  /// The whole program: reads the words, does what they say, and never returns.
  package static func begin() -> Never {
    // Before anything else can open a file.
    OutputTrouble.holdPlaces()
    let read = RawWords.read()
    do {
      // Before any thread: where there is no room for its stack, one waits for it for ever.
      try ProcessLimits.checkAddressSpace()
    } catch {
      end(Ending(error, words: (try? read.get()) ?? []), read)
    }
    Task { end(await outcome(of: read), read) }
    dispatchMain()
  }

  private static func end(_ ending: Ending, _ read: Result<[String], RawWords.NotText>) -> Never {
    var ending = ending
    Outlet(descriptor: STDOUT_FILENO, hasColour: false, width: nil).write(ending.output)
    ending = OutputTrouble.over(ending, words: (try? read.get()) ?? [])
    Outlet(descriptor: STDERR_FILENO, hasColour: false, width: nil).write(ending.complaint)
    Foundation.exit(ending.status)
  }

  static func outcome(of read: Result<[String], RawWords.NotText>) async -> Ending {
    let words: [String]
    switch read {
    case .success(let told): words = WordOrder.arranged(told, root: Fieldbook.self)
    case .failure(let problem): return Ending(problem)
    }
    if let ending = KnownVerbs.complaint(words) { return ending }
    do {
      var command = try Fieldbook.parseAsRoot(words)
      try ProcessLimits.check()
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
      return .done
    } catch {
      return Ending(error, words: words)
    }
  }
}

/// The words of the command line. Swift would replace bytes that are no UTF-8 in silence.
enum RawWords {
  struct NotText: Error {
    var position: Int
    var verb: String?
  }

  static func read() -> Result<[String], NotText> {
    var words: [String] = []
    for (index, raw) in given().enumerated() {
      guard let word = String(validating: raw, as: UTF8.self) else {
        return .failure(NotText(position: index + 1, verb: words.first { !$0.hasPrefix("-") }))
      }
      words.append(word)
    }
    return .success(words)
  }

  /// Swift finds none when a preloaded library has moved the environment; the kernel still knows them.
  private static func given() -> [[UInt8]] {
    guard CommandLine.argc == 0 else {
      return (1..<max(1, Int(CommandLine.argc))).compactMap { position in
        CommandLine.unsafeArgv[position].map { word in
          Array(UnsafeRawBufferPointer(start: word, count: strlen(word)))
        }
      }
    }
    let line = FileManager.default.contents(atPath: "/proc/self/cmdline") ?? Data()
    // Each word ends with a zero byte.
    return line.split(separator: 0, omittingEmptySubsequences: false).dropFirst().dropLast()
      .map { Array($0) }
  }
}

extension Ending {
  init(_ problem: RawWords.NotText) {
    self.init(
      status: problem.verb == "run" ? Status.runFailed : Status.failed,
      complaint: Ending.lines(
        "word \(problem.position) of the command line is not UTF-8 text",
        hint: "convert it first (iconv -t UTF-8), or log it as a file: fieldbook log artifact FILE")
    )
  }
}
