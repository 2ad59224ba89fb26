import FieldbookDocuments
import FieldbookExecution
import FieldbookModel
import FieldbookMoving
import Foundation

/// Parquet by pyarrow, in a Python of the person's: `FIELDBOOK_PYTHON`, else `python3` on the `PATH`.
final class PythonTables: ParquetTables.Line {
  private let program: AskedProgram

  /// - Parameter table: the first that needs it, for what is said where there is none.
  static func open(
    for table: String, variables: [String: String] = ProcessInfo.processInfo.environment
  ) throws -> ParquetTables {
    let chosen = variables["FIELDBOOK_PYTHON"].flatMap { $0.isEmpty ? nil : $0 }
    let name = chosen ?? "python3"
    let folder = FileManager.default.currentDirectoryPath
    guard let path = Spawn.find(name, variables: variables, folder: folder),
      FileManager.default.isExecutableFile(atPath: path)
    else {
      throw MovingFailure.unsupported(
        "\(table) is Parquet, which takes a Python with pyarrow; there is no \(name)",
        hint:
          "install Python and pyarrow, and set FIELDBOOK_PYTHON to it; or make CSV of the tables")
    }
    let line = try PythonTables(AskedProgram(path, ["-c", script], variables: variables))
    return ParquetTables(line) { module in
      MovingFailure.unsupported(
        "\(table) is Parquet, and \(path) has no \(module)",
        hint: "\(path) -m pip install \(module); or set FIELDBOOK_PYTHON to a Python that has it")
    }
  }

  private init(_ program: AskedProgram) { self.program = program }

  func write(_ bytes: [UInt8]) -> Bool { program.write(bytes) }
  func read(_ count: Int) -> [UInt8] { program.read(count) }

  func ending() -> String {
    let status = program.status()
    return status > 128 ? "by signal \(status - 128)" : "with status \(status)"
  }

  /// Source of the frames: `ParquetTables`. Cells are written as pandas writes them to CSV; a set as a JSON array, since a list has no
  /// form of its own there. Memory is bounded: a small file can claim to be any size.
  private static let script = #"""
    import csv, io, json, sys
    def say(kind, data):
        sys.stdout.buffer.write(kind + len(data).to_bytes(4, "big") + data)
    def words(error):
        text = " ".join(str(error).split()) or type(error).__name__
        return text[:2000].encode("utf-8", "replace")
    def cell(value):
        if value is None: return ""
        if isinstance(value, dict): return cell(value.get("path"))
        if isinstance(value, (list, tuple)): return json.dumps([cell(one) for one in value], ensure_ascii=False)
        if isinstance(value, bytes): return value.decode("utf-8", "replace")
        return str(value)
    def plain(kind, column):
        if kind.types.is_timestamp(column.type):
            return column.cast(kind.timestamp("ms", tz=column.type.tz), safe=False)
        return column
    def send(pyarrow, parquet, path):
        with parquet.ParquetFile(path, memory_map=False, pre_buffer=False) as file:
            names = [name for name in file.schema_arrow.names if name != "histogram_value"]
            out = io.StringIO()
            rows = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
            def flush():
                data = out.getvalue().encode("utf-8", "replace")
                out.seek(0)
                out.truncate()
                for start in range(0, len(data), 1 << 20):
                    say(b"d", data[start:start + (1 << 20)])
            rows.writerow(names)
            for batch in file.iter_batches(batch_size=1024, columns=names, use_threads=False):
                columns = [plain(pyarrow, column).to_pylist() for column in batch.columns]
                for row in zip(*columns):
                    rows.writerow([cell(value) for value in row])
                    if out.tell() > 1 << 18: flush()
            flush()
            say(b"e", b"")
    def main():
        lacks = None
        try:
            import resource
            hard = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (8 << 30, hard))
        except Exception: pass
        try:
            import pyarrow
            from pyarrow import parquet
        except ImportError: lacks = b"pyarrow"
        asked = b""
        while True:
            more = sys.stdin.buffer.read1(1 << 16)
            if not more: return
            *paths, asked = (asked + more).split(b"\0")
            for path in paths:
                try:
                    if lacks: say(b"m", lacks)
                    else: send(pyarrow, parquet, path.decode("utf-8", "surrogateescape"))
                except (BrokenPipeError, ConnectionResetError): raise
                except Exception as error: say(b"x", words(error))
                sys.stdout.buffer.flush()
    try: main()
    except (BrokenPipeError, ConnectionResetError, KeyboardInterrupt):
        import os
        os._exit(1)
    """#
}
