import FieldbookDocuments

extension LineDifference {
  func lay(on sheet: inout Sheet, indent: Int) {
    let margin = Phrase(String(repeating: " ", count: indent))
    for line in lines {
      let tint: Tint =
        switch line.change {
        case .same: .faint
        case .removed: .red
        case .added: .green
        }
      sheet.line(margin + Phrase("\(line.change.rawValue) \(line.text)", tint))
    }
  }
}
