import FieldbookModel
import FieldbookTestSupport
import FieldbookWorkspace
import Foundation
import Testing

@testable import FieldbookMoving

/// The stores that MLflow wrote into SQLite, in a PostgreSQL server of our own.
@Suite(
  "Import from PostgreSQL",
  .enabled(if: PostgresServer.programs != nil, "it takes PostgreSQL's server: scripts/setup python")
)
struct PostgresTests {
  private func fill(_ server: PostgresServer, version: Int) throws -> String {
    try server.database(
      "v\(version)",
      fromSQLite: String(
        contentsOfFile: Stores.fixtures + "/mlflow-\(version)/mlflow.sql", encoding: .utf8))
  }

  @Test("databases arrive as they do from SQLite, and again bring nothing; what is none is refused")
  func whole() throws {
    let server = try PostgresServer()
    for version in [1, 2, 3] { try expectWhole(server, version: version) }
    try expectRefusals(server)
  }

  private func expectWhole(_ server: PostgresServer, version: Int) throws {
    let (team, twins) = (try Team(), try Team())
    // As SQLAlchemy has it, with the driver.
    let url = try fill(server, version: version).replacing(
      "postgresql:", with: "postgresql+psycopg2:")
    func take() throws -> MoveReport {
      let files = Stores.fixtures + "/mlflow-\(version)/files"
      return try Intake.run(
        try MLflowSource.open(url, artifacts: files, variables: [:]), into: team.hub)
    }
    let report = try take()
    #expect(report.gaps == [])
    #expect(report.left == [])
    #expect(report.source.hasPrefix("postgresql+psycopg2://mlflow@/v\(version)"))
    let before = try team.hub.stateHash()
    #expect(try take().fresh[.runs] == 0)
    #expect(try team.hub.stateHash() == before)
    let twin = try Intake.run(
      try Stores.source(version, in: twins.folder), into: twins.hub)
    #expect(twin.there == report.there)
    #expect(try Content(team.hub).differences(from: Content(twins.hub)) == [])
  }

  /// No database of that name, no such user, no socket, none of MLflow's tables.
  private func expectRefusals(_ server: PostgresServer) throws {
    let team = try Team()
    let before = try team.hub.stateHash()
    for url in [
      server.url.replacing("/postgres?", with: "/none?"),
      server.url.replacing("mlflow@", with: "eve:secret@"), server.url + "none", server.url,
    ] {
      do {
        try Intake.run(try MLflowSource.open(url, variables: [:]), into: team.hub)
        Issue.record("\(url) was taken in")
      } catch let failure as MovingFailure {
        #expect(failure.message.contains("postgresql://"), "\(failure.message)")
        #expect(!failure.message.contains("secret"), "\(failure.message)")
      }
    }
    #expect(try team.hub.stateHash() == before)
  }
}
