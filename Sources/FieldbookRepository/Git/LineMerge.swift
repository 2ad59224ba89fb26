import Cgit2
import FieldbookModel

/// Three-way merge of files line by line, as git does it.
package enum LineMerge {
  /// Equal arguments give equal texts on every machine.
  ///
  /// - Returns: with `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>` around what both changed differently.
  package static func merge(
    base: String, left: String, right: String, leftLabel: String = "", rightLabel: String = ""
  ) throws -> TextMergeOutcome {
    GitLibrary.start
    var options = git_merge_file_options()
    git_merge_file_options_init(&options, UInt32(GIT_MERGE_FILE_OPTIONS_VERSION))
    options.flags = GIT_MERGE_FILE_STYLE_DIFF3.rawValue
    var result = git_merge_file_result()
    let status = withInput(base) { base in
      withInput(left) { left in
        withInput(right) { right in
          leftLabel.withCString { ours in
            rightLabel.withCString { theirs in
              "base".withCString { ancestor in
                options.our_label = ours
                options.their_label = theirs
                options.ancestor_label = ancestor
                return git_merge_file(&result, base, left, right, &options)
              }
            }
          }
        }
      }
    }
    guard status == 0 else {
      throw GitFailure.failed("texts", doing: "merge them", reason: GitLibrary.lastError)
    }
    defer { git_merge_file_result_free(&result) }
    let bytes = UnsafeRawBufferPointer(start: result.ptr, count: result.len)
    let text = String(decoding: bytes, as: UTF8.self)
    return result.automergeable == 1 ? .merged(text) : .conflicted(text)
  }

  private static func withInput<Value>(
    _ text: String, _ body: (UnsafePointer<git_merge_file_input>) -> Value
  ) -> Value {
    var text = text
    return text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        var input = git_merge_file_input()
        git_merge_file_input_init(&input, UInt32(GIT_MERGE_FILE_INPUT_VERSION))
        input.ptr = characters.baseAddress
        input.size = characters.count
        return withUnsafePointer(to: &input, body)
      }
    }
  }
}
