import Cspawn
import Foundation

/// Starts a program as a shell does: in our process group, so that Ctrl-C reaches it and it may read the terminal, and
/// with none of our open files but the three streams. Foundation's Process does neither.
package enum Spawn {
  /// - Parameter inOwnSession: away from our terminal, so that it goes on without us.
  /// - Returns: nil if the system refuses.
  package static func start(
    _ path: String, _ arguments: [String], variables: [String: String], folder: String,
    input: Int32 = STDIN_FILENO, output: Int32, errors: Int32, inOwnSession: Bool = false
  ) -> pid_t? {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addchdir_np(&actions, folder)
    for (ours, theirs) in [(input, STDIN_FILENO), (output, STDOUT_FILENO), (errors, STDERR_FILENO)]
    { posix_spawn_file_actions_adddup2(&actions, ours, theirs) }
    posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    var (none, defaults) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigemptyset(&defaults)
    for number in Spawn.resetSignals { sigaddset(&defaults, number) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    // <spawn.h>: glibc shows POSIX_SPAWN_SETSID, 0x80, only to GNU sources.
    let session: Int32 = inOwnSession ? 0x80 : 0
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | session))
    let words = ([path] + arguments).map { strdup($0) }
    let environment = variables.map { strdup($0.key + "=" + $0.value) }
    defer { for text in words + environment { free(text) } }
    var child: pid_t = 0
    let failure = posix_spawn(
      &child, path, &actions, &attributes, words + [nil], environment + [nil])
    return failure == 0 ? child : nil
  }

  /// Signals that a program gets back as the system has them, since what is ignored would be inherited: NIO ignores
  /// SIGPIPE, and `SignalForwarding` the others. One that was ignored before (`nohup`) stays so.
  private static let resetSignals: [Int32] = {
    let forwarded = SignalForwarding.numbers.filter { number in
      let handler = signal(number, SIG_DFL)
      signal(number, handler)
      return unsafeBitCast(handler, to: Int.self) != unsafeBitCast(SIG_IGN, to: Int.self)
    }
    return forwarded + [SIGPIPE]
  }()

  /// To be called when nothing has to be finished any more: what was ignored for that time ends us again.
  static func giveBackSignals() {
    for number in resetSignals where number != SIGPIPE { signal(number, SIG_DFL) }
  }

  /// To be called before we ignore any.
  static func rememberSignals() { _ = resetSignals }

  /// Blocks until the program ends. Its status, or 128 and the number of the signal that ended it.
  package static func wait(for child: pid_t) -> Int32 { end(of: child, 0) ?? 125 }

  /// The same without blocking; nil while it runs.
  package static func status(of child: pid_t) -> Int32? { end(of: child, WNOHANG) }

  private static func end(of child: pid_t, _ options: Int32) -> Int32? {
    var status: Int32 = 0
    var found = waitpid(child, &status, options)
    while found < 0, errno == EINTR { found = waitpid(child, &status, options) }
    if found == 0 { return nil }
    guard found > 0 else { return 125 }
    // <sys/wait.h>: the low seven bits are the signal, the next byte is the status.
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  /// Where a command's first word lies, as the shell looks for it. One that may not be executed is better than none.
  package static func find(_ name: String, variables: [String: String], folder: String) -> String? {
    let candidates =
      name.contains("/")
      ? [name]
      : (variables["PATH"] ?? "/usr/bin:/bin").split(separator: ":").map { $0 + "/" + name }
    let files = candidates.map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 }.filter { path in
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        && !isFolder.boolValue
    }
    return files.first(where: FileManager.default.isExecutableFile) ?? files.first
  }
}
