import FieldbookModel
import FieldbookRepository
import FieldbookServing
import FieldbookWorkspace
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Files of runs, for looking at. What they hold comes from anybody: nothing of it runs with the page's rights.
struct PageArtifacts: Sendable {
  let workspace: Workspace

  func send(_ run: RunID, _ path: String, _ request: Request) async throws -> Response {
    let artifact = try await Blocking.run { try workspace.heldArtifact(run, path: path) }
    var headers = PageMedia(path, request).headers
    headers[.acceptRanges] = "bytes"
    let whole = try await Blocking.run { try workspace.contentReader(artifact) }
    let part: Range<Int64>?
    do { part = try ByteRange.read(request.headers[.range], of: whole.size) } catch {
      throw PageFailure(.rangeNotSatisfiable, "the file ends before")
    }
    let reader =
      part == nil
      ? whole : try await Blocking.run { try workspace.contentReader(artifact, range: part) }
    if let part { headers[.contentRange] = ByteRange.header(part, of: whole.size) }
    let count = Int(reader.range.upperBound - reader.range.lowerBound)
    return Response(
      status: part == nil ? .ok : .partialContent, headers: headers,
      body: ResponseBody(contentLength: count) { writer in
        while let piece = try await Blocking.run({ try reader.next() }) {
          try await writer.write(ByteBuffer(bytes: piece))
        }
        try await writer.finish(nil)
      })
  }
}
