import FieldbookRepository
import Testing

@testable import FieldbookObjectStorage

@Suite("Answers of an object storage")
struct ObjectAnswersTests {
  private func page(_ inside: String) -> ObjectPage? {
    ObjectPage(
      Array(
        ("<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">"
          + inside + "</ListBucketResult>").utf8))
  }

  @Test("a list: keys, sizes, and what asks for the next page")
  func lists() {
    let found = page(
      """
      <Name>b</Name><Prefix>p &amp; q</Prefix><KeyCount>2</KeyCount><MaxKeys>2</MaxKeys>
      <IsTruncated>true</IsTruncated><NextContinuationToken>1/x==</NextContinuationToken>
      <Contents><Key>p/a&amp;b</Key><Size>12</Size><ETag>&quot;x&quot;</ETag><Owner><ID>o</ID></Owner></Contents>
      <Contents><Size>0</Size><Key>p/c</Key></Contents>
      """)
    #expect(
      found?.entries == [.init(key: "p/a&b", byteCount: 12), .init(key: "p/c", byteCount: 0)])
    #expect(found?.next == "1/x==")
    #expect(
      page("<IsTruncated>false</IsTruncated><NextContinuationToken>x</NextContinuationToken>")?.next
        == nil)
    #expect(page("")?.entries == [])
  }

  @Test(
    "what is no list, or too much, is refused",
    arguments: [
      "<Contents><Key>a</Key></Contents>", "<Contents><Size>1</Size></Contents>",
      "<Contents><Key>a</Key><Size>-1</Size></Contents>", "<IsTruncated>true</IsTruncated>",
      "<Contents><Key>a</Key><Size>1</Size>",
      "<a><b><c><d><e><f><g><h/></g></f></e></d></c></b></a>",
      "<Prefix>" + String(repeating: "x", count: 5000) + "</Prefix>",
    ])
  func refused(inside: String) { #expect(page(inside) == nil) }

  @Test("types and entities of its own are not read")
  func entities() {
    let text = """
      <?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>
      <ListBucketResult><Prefix>&b;</Prefix></ListBucketResult>
      """
    #expect(ObjectPage(Array(text.utf8)) == nil)
    #expect(ObjectPage([]) == nil)
    #expect(ObjectPage(Array("<List\u{CB}>".utf8)) == nil)
    #expect(ObjectPage([0x3C, 0x4C, 0xCB, 0x75, 0x3E]) == nil)
    #expect(ObjectPage(Array("<Error><Code>x</Code></Error>".utf8)) == nil)
  }

  @Test("a refusal: code, message in one line, region")
  func errors() {
    let error = ObjectError(
      Array(
        "<Error><Code>AccessDenied</Code><Message>nö\n way</Message><Region>eu-west-1</Region></Error>"
          .utf8))
    #expect(error?.code == "AccessDenied" && error?.region == "eu-west-1")
    #expect(error?.message == "n?? way")
    #expect(ObjectError(Array("<html><body>502</body></html>".utf8)) == nil)
    #expect(ObjectError(Array("502 Bad Gateway".utf8)) == nil)
  }
}
