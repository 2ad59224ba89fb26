import FieldbookTestSupport
import Foundation

@testable import FieldbookMoving

/// A PostgreSQL server of our own, in a folder in memory, that listens on a socket in it and nowhere else.
final class PostgresServer {
  /// Of the database that every server has.
  let url: String
  private let folder: TemporaryFolder
  private let process: Child

  /// Where Debian, or whoever, puts the server's programs; nil where there is none.
  static let programs: String? = {
    let debian = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: debian)) ?? []
    let places =
      versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(debian)/\($0)/bin" }
      + (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return places.first { place in
      ["initdb", "postgres"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: place + "/" + $0)
      }
    }
  }()

  /// The server refuses to be root's.
  private static let isRoot = geteuid() == 0

  private static func command(_ program: String, _ words: [String], in folder: String) -> Command {
    let path = (programs ?? "") + "/" + program
    let variables = ["PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"]
    guard isRoot else { return Command(path, words, variables: variables, folder: folder) }
    return Command(
      "setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", path] + words,
      variables: variables, folder: folder)
  }

  init() throws {
    let folder = try TemporaryFolder()
    self.folder = folder
    let (data, sockets) = (folder.path + "/data", folder.path + "/s")
    for place in [data, sockets] {
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      chmod(place, 0o700)
      if PostgresServer.isRoot { chown(place, 65534, 65534) }
    }
    let made = try PostgresServer.command(
      "initdb",
      [
        "-D", data, "--no-sync", "--auth=trust", "--username=mlflow", "--encoding=UTF8",
        "--locale=C",
      ], in: folder.path
    ).answer()
    guard made.status == 0 else { throw TestFailure("initdb: \(made.err)") }
    process = try PostgresServer.command(
      "postgres",
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
