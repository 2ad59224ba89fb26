import FieldbookTestSupport
import Foundation

@testable import FieldbookMoving

/// A PostgreSQL server of our own, in a folder in memory, that listens on a socket in it and nowhere else.
final class PostgresServer {
  /// Of the database that every server has.
  let url: String
  private let folder: TemporaryFolder
  private let process: Child

  /// Where the test Python, Debian, or whoever, puts the server's programs; nil where there is none.
  static let programs: String? = {
    let variables = ProcessInfo.processInfo.environment
    let python = variables["FIELDBOOK_TEST_PYTHON"].map {
      ($0 as NSString).deletingLastPathComponent
    }
    let library = python.map { ($0 as NSString).deletingLastPathComponent + "/lib" }
    let packages = library.map { library in
      ((try? FileManager.default.contentsOfDirectory(atPath: library)) ?? []).map {
        "\(library)/\($0)/site-packages/pgserver/pginstall/bin"
      }
    }
    let debian = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
    let places =
      (packages ?? [])
      + versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(debian)/\($0)/bin" }
      + (variables["PATH"] ?? "").split(separator: ":").map(String.init)
    return places.first { place in
      ["initdb", "postgres"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: place + "/" + $0)
      }
    }
  }()

  /// The server refuses to be root's.
  private static let isRoot = geteuid() == 0

  /// A package of Python's keeps libraries beside itself. Root copies both to where everybody may go: whoever the server runs as
  /// may not enter the folder that it was installed in.
  ///
  /// - Returns: where the programs are.
  private static func install(in folder: String) throws -> String {
    guard let programs else { throw TestFailure("there is no PostgreSQL server") }
    guard isRoot, let package = programs.range(of: "/pgserver/pginstall/bin") else {
      return programs
    }
    try FileManager.default.createDirectory(
      atPath: folder + "/server", withIntermediateDirectories: true)
    for name in ["/pgserver", "/pgserver.libs"] {
      try FileManager.default.copyItem(
        atPath: programs[..<package.lowerBound] + name, toPath: folder + "/server" + name)
    }
    return folder + "/server/pgserver/pginstall/bin"
  }

  private static func command(_ path: String, _ words: [String], in folder: String) -> Command {
    let variables = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]
    guard isRoot else { return Command(path, words, variables: variables, folder: folder) }
    return Command(
      "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", path] + words,
      variables: variables, folder: folder)
  }

  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    let programs = try PostgresServer.install(in: folder.path)
    let (data, sockets) = (folder.path + "/data", folder.path + "/s")
    for place in [data, sockets] {
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      chmod(place, 0o700)
      if PostgresServer.isRoot { chown(place, 65534, 65534) }
    }
    let made = try PostgresServer.command(
      programs + "/initdb",
      [
        "-D", data, "--no-sync", "--auth=trust", "--username=mlflow", "--encoding=UTF8",
        "--locale=C",
      ], in: folder.path
    ).answer()
    guard made.status == 0 else { throw TestFailure("initdb: \(made.err)") }
    process = try PostgresServer.command(
      programs + "/postgres",
      [
        "-D", data, "-k", sockets, "-c", "listen_addresses=", "-c", "fsync=off", "-c",
        "shared_buffers=16MB", "-c", "max_connections=5", "-c", "autovacuum=off",
      ], in: folder.path
    ).start()
    url = "postgresql://mlflow@/postgres?host=\(sockets)"
    let library = try PostgresLibrary()
    do {
      try waitUntil("PostgreSQL listens", seconds: 60) {
        guard let connection = library.connect(url) else { return false }
        defer { library.finish(connection) }
        return library.status(connection) == 0
      }
    } catch {
      process.crash()
      throw error
    }
  }

  /// SIGTERM: it waits for connections to end, and ours have.
  deinit { process.stop() }

  /// Carries out statements, one after the other; together, if there are several.
  private func execute(_ sql: String, at url: String) throws {
    let library = try PostgresLibrary()
    guard let connection = library.connect(url) else { throw TestFailure("libpq has no memory") }
    defer { library.finish(connection) }
    let result = library.execute(connection, sql)
    defer { result.map(library.clear) }
    guard let result, library.isFine(result) else {
      throw TestFailure(library.message(connection))
    }
  }

  /// A new database with the tables and rows that MLflow wrote into SQLite.
  ///
  /// What SQLite lets through and PostgreSQL does not: numbers for flags, also in checks of them, references to
  /// tables that come later, and rows that skip a column that is worked out: we do not read it.
  ///
  /// - Returns: its URL.
  func database(_ name: String, fromSQLite sql: String) throws -> String {
    try execute("CREATE DATABASE \(name) TEMPLATE template0", at: url)
    let place = url.replacing("/postgres?", with: "/\(name)?")
    let foreign = ["FOREIGN KEY", "CHECK (is_nan", "GENERATED ALWAYS"]
    let lines = sql.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
      line.hasPrefix("INSERT") || !foreign.contains(where: line.contains)
    }
    let tables = lines.joined(separator: "\n").replacing(/,\s*\n\)/, with: "\n)")
    let flags =
      "UPDATE pg_cast SET castcontext = 'a' WHERE castsource = 'int'::regtype AND casttarget = 'bool'::regtype;"
    try execute(flags + tables, at: place)
    return place
  }
}
