import OpenSSL
import Testing

/// Signatures with ECDSA on P-256 at the edges of the arithmetic, where implementations have gone wrong. The keys
/// were solved for the equation, r and s being chosen first; pyca/cryptography says the same of each.
@Suite("ECDSA at the edges")
struct ECDSAVectorTests {
    struct Vector: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isGood: Bool
        let x, y, r, s: [UInt8]

        init(_ name: String, isGood: Bool, x: String, y: String, r: String, s: String) {
            testDescription = name
            self.isGood = isGood
            self.x = bytes(x)
            self.y = bytes(y)
            self.r = bytes(r)
            self.s = bytes(s)
        }
    }

    @Test(arguments: vectors)
    func `a signature is good exactly when the equation holds`(vector: Vector) throws {
        let key = try ECPublicKey(x: vector.x, y: vector.y)

        #expect(
            key.isValid(signature: vector.r + vector.s, for: Array("a message".utf8))
                == vector.isGood)
    }

    /// Each coordinate has one spelling: a number of the field, in 32 bytes.
    @Test func `a point by another name of its x is refused`() throws {
        let points = [
            (
                x: "0000000000000000000000000000000000000000000000000000000000000000",
                y: "66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4",
                plusPrime: "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff"
            ),
            (
                x: "0000000000000000000000000000000000000000000000000000000000000005",
                y: "459243b9aa581806fe913bce99817ade11ca503c64d9a3c533415c083248fbcc",
                plusPrime: "ffffffff00000001000000000000000000000001000000000000000000000004"
            ),
        ]

        for point in points {
            #expect(throws: Never.self) { try ECPublicKey(x: bytes(point.x), y: bytes(point.y)) }
            #expect(throws: OpenSSLError.self) {
                try ECPublicKey(x: bytes(point.plusPrime), y: bytes(point.y))
            }
        }
    }

    /// Of secp256k1 and of brainpoolP256r1, whose coordinates are as long.
    @Test(arguments: [
        (
            "76d7320ef433f34b965dfd09c40a49b2bf1b02a3b55da5c4977848fa675e7baf",
            "367fd2fe5e46eeb62034819a70ee21d178e0937becfd6f489cd136e669415945"
        ),
        (
            "64857c5469804cee639841cc1c90f3fbadcb6e634753b2a170b35d2cbe424fa5",
            "01ebf8ae9d0ea91f3f60b459222d0bf8e50812d19966be26532a16e7d0b2d376"
        ),
    ])
    func `a point of another curve is refused`(x: String, y: String) {
        #expect(throws: OpenSSLError.self) { try ECPublicKey(x: bytes(x), y: bytes(y)) }
    }

    static let vectors = [
        Vector(
            "the x of R is beyond the order", isGood: true,
            x: "009295c3f79e7e15d26d73a14ef13bf39be080e0d2630da06dff769c09bce821",
            y: "022ff527726e55046faa87fcd37bc3072a2c1b6ebde461d7b0e38c47f75bfea7",
            r: "0000000000000000000000000000000000000000000000000000000000000003",
            s: "81920b39a5cc40c16072a608ceecf19a00a5e3bea14d738e414adfea9ceb24aa"),
        Vector(
            "the x of R is beyond the order and not reduced", isGood: false,
            x: "009295c3f79e7e15d26d73a14ef13bf39be080e0d2630da06dff769c09bce821",
            y: "022ff527726e55046faa87fcd37bc3072a2c1b6ebde461d7b0e38c47f75bfea7",
            r: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632554",
            s: "81920b39a5cc40c16072a608ceecf19a00a5e3bea14d738e414adfea9ceb24aa"),
        Vector(
            "s is 1", isGood: true,
            x: "9bb27211684b44c9a5e0a243b32cd00d2f55e348456b6e3222c77bc11e98dbc8",
            y: "9ee693d71e6260d84dd2b395f399da3cc84d68256d65e5519d0ef03cd38e36bb",
            r: "6542881f3a0a1fa5d5a4f2c52bec315964832fe670a272d7fbb331c2a7564ba1",
            s: "0000000000000000000000000000000000000000000000000000000000000001"),
        Vector(
            "s is n + 1", isGood: false,
            x: "9bb27211684b44c9a5e0a243b32cd00d2f55e348456b6e3222c77bc11e98dbc8",
            y: "9ee693d71e6260d84dd2b395f399da3cc84d68256d65e5519d0ef03cd38e36bb",
            r: "6542881f3a0a1fa5d5a4f2c52bec315964832fe670a272d7fbb331c2a7564ba1",
            s: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632552"),
        Vector(
            "s is 2", isGood: true,
            x: "6a52ab6d42f8385df32f2a9fe47d5de04e561512cfaf783ef739f1843b8ecca3",
            y: "3dd9dbec66720ee11129ea571223d9604bd1cf469a3d1452357ac3076b335563",
            r: "f402f4f130c887c37539cd73d693bd8fabc237a8842aa779e4c2010e74e154b8",
            s: "0000000000000000000000000000000000000000000000000000000000000002"),
        Vector(
            "s is n + 2", isGood: false,
            x: "6a52ab6d42f8385df32f2a9fe47d5de04e561512cfaf783ef739f1843b8ecca3",
            y: "3dd9dbec66720ee11129ea571223d9604bd1cf469a3d1452357ac3076b335563",
            r: "f402f4f130c887c37539cd73d693bd8fabc237a8842aa779e4c2010e74e154b8",
            s: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632553"),
        Vector(
            "s is n - 1", isGood: true,
            x: "7062cfbfae8875c12d2f750ef4121bfee1c9bfadab9333800d9a0826065b1f0c",
            y: "f92d423daafbac365d38ef32f0b7957135fd1a01cdce463297f8918d1134b0fc",
            r: "27d78c4d3bd7f68ad19e9e3d1837e4eed797d0375f8fc4a7dbc6e57e58804ed8",
            s: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550"),
        Vector(
            "s is n - 2", isGood: true,
            x: "4c55e3c48694ac0a9125169a47af3ccfe571b91b2094d079c3a565382598ab91",
            y: "03872c4925357e623beb01490fabde8646c3475d2123221f41f57b2c35ae67ce",
            r: "eb6dafcaa11bad98cbd6f85fd50d8ba67e49163506736b0425fa27b02505eafe",
            s: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254f"),
        Vector(
            "r is 5", isGood: true,
            x: "415d6ba7f1c75d17c0344c955d7a035d7d912a59f9d8399c34d03ac6a1410ab8",
            y: "3e60a1baeef7618b35f2930ef2cacc2381b6ec607d5d8386abceef0c22cb937a",
            r: "0000000000000000000000000000000000000000000000000000000000000005",
            s: "f8e50073fa1158b754241a14d6d217eb7a1bbaa55b6446dff1ed8032a9025c34"),
        Vector(
            "r is n + 5", isGood: false,
            x: "415d6ba7f1c75d17c0344c955d7a035d7d912a59f9d8399c34d03ac6a1410ab8",
            y: "3e60a1baeef7618b35f2930ef2cacc2381b6ec607d5d8386abceef0c22cb937a",
            r: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632556",
            s: "f8e50073fa1158b754241a14d6d217eb7a1bbaa55b6446dff1ed8032a9025c34"),
        Vector(
            "s is negated", isGood: true,
            x: "415d6ba7f1c75d17c0344c955d7a035d7d912a59f9d8399c34d03ac6a1410ab8",
            y: "3e60a1baeef7618b35f2930ef2cacc2381b6ec607d5d8386abceef0c22cb937a",
            r: "0000000000000000000000000000000000000000000000000000000000000005",
            s: "071aff8b05eea749abdbe5eb292de81442cb40084bb357a501cc4a905360c91d"),
        Vector(
            "r is negated", isGood: false,
            x: "415d6ba7f1c75d17c0344c955d7a035d7d912a59f9d8399c34d03ac6a1410ab8",
            y: "3e60a1baeef7618b35f2930ef2cacc2381b6ec607d5d8386abceef0c22cb937a",
            r: "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254c",
            s: "f8e50073fa1158b754241a14d6d217eb7a1bbaa55b6446dff1ed8032a9025c34"),
        Vector(
            "the key is the base point", isGood: true,
            x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            y: "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
            r: "f35d56654fcba64bb29f1ebf056de2a65a4a72fa0f2e09a62e6296a89b9350dd",
            s: "8a59d2a64895d95a1047054bc42544bc167783bb1403f3df5098cbb60c6138d0"),
        Vector(
            "the key is the negated base point", isGood: true,
            x: "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            y: "b01cbd1c01e58065711814b583f061e9d431cca994cea1313449bf97c840ae0a",
            r: "29ffc2d9fa72da98dc406953ac8b532da45ea15c6a6490fbf20cebf35921981a",
            s: "ece07974ea7a4c992decd0cb6fd9345c1719209e75819ffe2ce71b8d2608389f"),
        Vector(
            "the key is half the base point", isGood: true,
            x: "2afa386b3f2bdcdb83f4d83f8fa3874d7b74dcb454bd644fdd6bf3d1f2da8db6",
            y: "8de7b41d3557a9cc9d4ac90ef7ad299a51759b030e1472b36b952a7686908d63",
            r: "c4d1e3674f0263bf6f96f6b28f9f2eb76a6589acc37cef53f35c12dbe803a8c7",
            s: "4c45af89a68abf70193a9695eb620f0152cf8f6e31b6b9e1d5f3ff728db6c2b6"),
        Vector(
            "both halves of the sum are one point", isGood: true,
            x: "87448a951d500bb6ba20734db330d1296f33466b2ac36aea5041bf2a497c906d",
            y: "7f32f1b2874de2bda484a2016d6071a40824fd792b636ada3087fb6f1a09eb6c",
            r: "782b4ce76d4f977fca812c99c7c290deb83ccf2825becf261c2100f1c6d5716c",
            s: "56ad9dd35548f90f0d74ac85bb35af3069d505d38bb6112a026ee75ca7b89c4d"),
        Vector(
            "the sum is the point at infinity", isGood: false,
            x: "87448a951d500bb6ba20734db330d1296f33466b2ac36aea5041bf2a497c906d",
            y: "80cd0e4c78b21d435b7b5dfe929f8e5bf7db0287d49c9525cf780490e5f61493",
            r: "782b4ce76d4f977fca812c99c7c290deb83ccf2825becf261c2100f1c6d5716c",
            s: "973db986da68949933248028f31767f74fff6cbb980edde4b0b47851e3164852"),
        Vector(
            "r and s are 1", isGood: false,
            x: "f20c42bd41c3325d6050100a196d2b091a35274b8db7916a593b28e49730053f",
            y: "213e5ad3dc0090a29239821a08fd3706ceb2c58cab229d2caf71ddc0397d4431",
            r: "0000000000000000000000000000000000000000000000000000000000000001",
            s: "0000000000000000000000000000000000000000000000000000000000000001"),
        Vector(
            "r is the x of the key", isGood: false,
            x: "f20c42bd41c3325d6050100a196d2b091a35274b8db7916a593b28e49730053f",
            y: "213e5ad3dc0090a29239821a08fd3706ceb2c58cab229d2caf71ddc0397d4431",
            r: "f20c42bd41c3325d6050100a196d2b091a35274b8db7916a593b28e49730053f",
            s: "0000000000000000000000000000000000000000000000000000000000000001"),
        Vector(
            "a forgery for another digest", isGood: false,
            x: "f20c42bd41c3325d6050100a196d2b091a35274b8db7916a593b28e49730053f",
            y: "213e5ad3dc0090a29239821a08fd3706ceb2c58cab229d2caf71ddc0397d4431",
            r: "5f20f9ddb57ff716e012caca7024a7382756bb3b85c0b9ab01fa8eaa29945398",
            s: "13044ae971d112e72ef6177940514af4f9c73a36dc8aeec9c206897491e36ea9"),
    ]
}

private func bytes(_ hexadecimal: String) -> [UInt8] {
    let digits = hexadecimal.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map {
        UInt8(digits[$0] << 4 | digits[$0 + 1])
    }
}
