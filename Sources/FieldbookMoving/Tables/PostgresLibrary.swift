import Foundation

/// The few functions of libpq that are used. Source: PostgreSQL's documentation, "libpq — C Library".
struct PostgresLibrary {
  private typealias Text = UnsafePointer<CChar>
  private let connectFunction: @convention(c) (Text) -> OpaquePointer?
  private let finishFunction: @convention(c) (OpaquePointer) -> Void
  private let statusFunction: @convention(c) (OpaquePointer) -> Int32
  private let messageFunction: @convention(c) (OpaquePointer) -> Text?
  private let executeFunction: @convention(c) (OpaquePointer, Text) -> OpaquePointer?
  private let resultFunction: @convention(c) (OpaquePointer) -> Int32
  private let rowsFunction: @convention(c) (OpaquePointer) -> Int32
  private let columnsFunction: @convention(c) (OpaquePointer) -> Int32
  private let nullFunction: @convention(c) (OpaquePointer, Int32, Int32) -> Int32
  private let lengthFunction: @convention(c) (OpaquePointer, Int32, Int32) -> Int32
  private let valueFunction: @convention(c) (OpaquePointer, Int32, Int32) -> UnsafePointer<CChar>?
  private let clearFunction: @convention(c) (OpaquePointer) -> Void

  private static let names = ["libpq.so.5", "libpq.so", "libpq.5.dylib"]

  init() throws {
    guard let handle = PostgresLibrary.names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first else {
      throw MovingFailure.noLibrary(dlerror().map { String(cString: $0) } ?? "it is not there")
    }
    func function<Function>(_ name: String) throws -> Function {
      guard let symbol = dlsym(handle, name) else {
        throw MovingFailure.noLibrary("it has no \(name)")
      }
      return unsafeBitCast(symbol, to: Function.self)
    }
    connectFunction = try function("PQconnectdb")
    finishFunction = try function("PQfinish")
    statusFunction = try function("PQstatus")
    messageFunction = try function("PQerrorMessage")
    executeFunction = try function("PQexec")
    resultFunction = try function("PQresultStatus")
    rowsFunction = try function("PQntuples")
    columnsFunction = try function("PQnfields")
    nullFunction = try function("PQgetisnull")
    lengthFunction = try function("PQgetlength")
    valueFunction = try function("PQgetvalue")
    clearFunction = try function("PQclear")
  }

  func connect(_ url: String) -> OpaquePointer? { connectFunction(url) }
  func finish(_ connection: OpaquePointer) { finishFunction(connection) }
  /// 0 is connected.
  func status(_ connection: OpaquePointer) -> Int32 { statusFunction(connection) }

  /// In one line.
  func message(_ connection: OpaquePointer) -> String {
    let text = messageFunction(connection).map { String(cString: $0) } ?? ""
    return text.split(whereSeparator: \.isNewline).joined(separator: " ")
  }

  func execute(_ connection: OpaquePointer, _ sql: String) -> OpaquePointer? {
    executeFunction(connection, sql)
  }

  /// A command that was carried out (1), or rows (2).
  func isFine(_ result: OpaquePointer) -> Bool { (1...2).contains(resultFunction(result)) }
  func clear(_ result: OpaquePointer) { clearFunction(result) }

  func rows(_ result: OpaquePointer) -> [[TableValue]] {
    let columns = columnsFunction(result)
    return (0..<rowsFunction(result)).map { row in
      (0..<columns).map { column in
        guard nullFunction(result, row, column) == 0,
          let value = valueFunction(result, row, column)
        else { return .null }
        let count = Int(lengthFunction(result, row, column))
        return .text(
          String(
            decoding: UnsafeRawBufferPointer(start: value, count: count), as: UTF8.self))
      }
    }
  }
}
