/// Seconds of several things that are measured in turns, by name.
struct Timings {
  private var times: [String: [Double]] = [:]

  mutating func measure(_ name: String, _ body: () throws -> Void) rethrows {
    times[name, default: []].append(try Measurement.seconds(body))
  }

  /// NaN for what was never measured.
  func median(_ name: String) -> Double { Measurement.median(times[name] ?? []) }

  /// Megabytes a second.
  func rate(_ name: String, bytes: Int64) -> Double { Double(bytes) / 1e6 / median(name) }

  func has(_ name: String) -> Bool { times[name] != nil }
}
