/// What our secrets look like, so that the log can hide one that got into a text by mistake.
enum SecretShapes {
    /// The beginnings of a JWT (`{"` in base64url), of API keys, refresh tokens, codes, secrets of clients, and of what
    /// lets clients register and look after themselves.
    private static let beginnings = [
        "eyJ", "mchx_", "ghr_", "grt_", "gac_", "gdc_", "ghs_", "ghi_", "gra_",
    ].map { Array($0.utf8) }

    /// Shorter words that begin like a secret are none.
    private static let shortest = 20

    /// The text, with `[hidden]` in place of each thing that looks like a secret.
    static func hidden(in text: String) -> String {
        // Nearly every text ends its way here.
        guard text.utf8.count >= shortest,
            text.utf8.contains(UInt8(ascii: "_")) || text.contains("eyJ")
        else { return text }
        var rest = Array(text.utf8)[...]
        var result: [UInt8] = []
        while let first = rest.first {
            if beginnings.contains(where: { rest.starts(with: $0) }) {
                let word = rest.prefix(while: isPartOfSecret)
                result += word.count >= shortest ? Array("[hidden]".utf8) : Array(word)
                rest = rest.dropFirst(word.count)
            } else {
                result.append(first)
                rest = rest.dropFirst()
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func isPartOfSecret(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
            UInt8(ascii: "."), UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
