import FieldbookFuzzing
import Foundation

/// libFuzzer around the targets. `scripts/fuzz` builds and runs it.
///
///     fieldbook-fuzz list                          names of the targets and their longest inputs
///     fieldbook-fuzz seeds TARGET FOLDER           what real encoders write, a file each
///     FIELDBOOK_FUZZ_TARGET=TARGET fieldbook-fuzz  libFuzzer, with its own flags
@main enum FuzzProgram {
  static func main() throws {
    let words = CommandLine.arguments.dropFirst()
    switch words.first {
    case "list":
      for target in FuzzTarget.all { print(target.name, target.maxBytes) }
    case "seeds":
      let target = FuzzProgram.target(words.dropFirst().first)
      for bytes in try target.seeds() { try Corpus.add(bytes, to: words.last ?? ".") }
    default:
      var count = CommandLine.argc
      var arguments = CommandLine.unsafeArgv
      exit(runDriver(&count, &arguments, testOneInput))
    }
  }

  static let chosen = target(ProcessInfo.processInfo.environment["FIELDBOOK_FUZZ_TARGET"])

  private static func target(_ name: String?) -> FuzzTarget {
    guard let name, let target = FuzzTarget.named(name) else {
      FileHandle.standardError.write(Data("no target \(name ?? "named"); see: list\n".utf8))
      exit(2)
    }
    return target
  }
}

/// Source: llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library".
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ body: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    try FuzzProgram.chosen.play(Array(UnsafeBufferPointer(start: bytes, count: count)))
  } catch {
    fatalError("\(error)")
  }
  return 0
}
