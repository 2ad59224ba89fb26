import FieldbookModel
import Foundation

/// What git-lfs asks and is told about many contents at once. Source: Git LFS, the batch API, version 1.
package enum LargeFileBatch {
  package static let mediaType = "application/vnd.git-lfs+json"
  package static let requestBytes = 1 << 20
  package static let objectsMax = 4096

  package struct Question: Decodable, Sendable {
    package struct Object: Decodable, Sendable {
      package var oid: String
      package var size: Int64
    }

    package var operation: String
    package var transfers: [String]?
    package var objects: [Object]
    package var hashAlgorithm: String?

    enum CodingKeys: String, CodingKey {
      case operation, transfers, objects
      case hashAlgorithm = "hash_algo"
    }
  }

  package struct Answer: Encodable, Sendable {
    package struct Object: Encodable, Sendable {
      package var oid: String
      package var size: Int64
      package var authenticated: Bool?
      package var actions: [String: Action]?
      package var error: Trouble?
    }

    package struct Action: Encodable, Sendable {
      package var href: String
      package var header: [String: String]
    }

    package struct Trouble: Encodable, Sendable {
      package var code: Int
      package var message: String
    }

    package var transfer = "basic"
    package var objects: [Object]
    package var hashAlgorithm = "sha256"

    enum CodingKeys: String, CodingKey {
      case transfer, objects
      case hashAlgorithm = "hash_algo"
    }
  }

  /// Nil for what is no question, or one for too much.
  package static func read(_ bytes: [UInt8]) -> Question? {
    guard bytes.count <= requestBytes,
      let question = try? JSONDecoder().decode(Question.self, from: Data(bytes)),
      question.objects.count <= objectsMax
    else { return nil }
    return question
  }

  /// - Parameters:
  ///   - base: where the contents are had, without the last slash.
  ///   - authorization: what the question showed, so that git-lfs need not ask for it again.
  ///   - size: of a content that is here.
  package static func answer(
    _ question: Question, base: String, authorization: String?, size: (ContentDigest) -> Int64?
  ) -> Answer {
    Answer(
      objects: question.objects.map { asked in
        var told = Answer.Object(oid: asked.oid, size: asked.size)
        guard let digest = ContentDigest(hex: asked.oid), digest.hex == asked.oid else {
          told.error = .init(code: 422, message: "this is no SHA-256")
          return told
        }
        guard let size = size(digest) else {
          told.error = .init(code: 404, message: "this content is not here")
          return told
        }
        told.size = size
        told.authenticated = true
        told.actions = [
          "download": .init(
            href: base + "/" + digest.hex,
            header: authorization.map { ["Authorization": $0] } ?? [:])
        ]
        return told
      })
  }
}
