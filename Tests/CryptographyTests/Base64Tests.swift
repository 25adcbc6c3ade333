import Cryptography
import Testing

@Suite("Base64url")
struct Base64Tests {
    /// RFC 4648 §10, without the padding, and RFC 7515 Appendix C.
    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"), ("\u{3}ì", "A8Os"), ("~~~?", "fn5-Pw"),
    ])
    func `bytes and text stand for each other`(text: String, encoded: String) {
        #expect(Base64URL.encode(Array(text.utf8)) == encoded)
        #expect(Base64URL.decode(encoded) == Array(text.utf8))
    }

    @Test func `the example of RFC 7515 Appendix C comes out`() {
        #expect(Base64URL.encode([3, 236, 255, 224, 193]) == "A-z_4ME")
        #expect(Base64URL.decode("A-z_4ME") == [3, 236, 255, 224, 193])
    }

    @Test(arguments: [
        "Zg==", "Zg=", "=", "Zm8=", "Zm9v=", " Zg", "Zg ", "Zg\n", "Z g", "Z\tg", "Zg\0", "Zg.",
        "A+z/4ME", "A+z_4ME", "A", "Zm9vY", "Zh", "Zn", "Zm9", "Zé", "ＺｇＡＡ", "%5A", "Zg\r\n",
    ])
    func `whatever else a lenient reader takes is refused`(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `of all texts of two letters exactly 256 are read, each as another byte`() {
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

        let read = letters.flatMap { first in
            letters.compactMap { second in Base64URL.decode("\(first)\(second)") }
        }

        #expect(read.count == 256)
        #expect(Set(read).count == 256)
    }
}
