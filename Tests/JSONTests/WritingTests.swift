import JSON
import Testing

@Suite("Writing JSON")
struct WritingTests {
    @Test func `a value is written without white space, members in their order`() {
        let json: JSON = [
            "id": .string("x"), "count": 3, "ratio": 0.5, "on": true, "off": false,
            "none": .null, "list": [1, "two", [:]], "empty": [],
        ]

        #expect(
            json.text
                == #"{"id":"x","count":3,"ratio":0.5,"on":true,"off":false,"none":null,"#
                + #""list":[1,"two",{}],"empty":[]}"#)
    }

    @Test(arguments: [
        ("plain", #""plain""#), ("\"\\/", #""\"\\/""#),
        ("\u{8}\u{C}\n\r\t", #""\b\f\n\r\t""#),
        ("\0\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""), ("é€😀", "\"é€😀\""),
        ("\u{2028}", "\"\u{2028}\""), ("", "\"\""),
    ])
    func `a string is escaped where RFC 8259 asks`(text: String, expected: String) {
        #expect(JSON.string(text).text == expected)
    }

    @Test func `a name is escaped too`() {
        #expect(JSON.object(["a\"b\n": 1]).text == #"{"a\"b\n":1}"#)
    }

    @Test(arguments: [
        (0, "0"), (-1, "-1"), (1_234_567_890, "1234567890"), (Int.max, "9223372036854775807"),
        (Int.min, "-9223372036854775808"),
    ])
    func `an integer is written in full`(value: Int, expected: String) {
        #expect(JSON.integer(value).text == expected)
    }

    @Test(arguments: [
        0.1, -0.0, 1, 1e300, .leastNonzeroMagnitude, 1.7976931348623157e308, 1e16, 123_456.789,
    ])
    func `a number is read back as it was`(value: Double) throws {
        #expect(try JSON(parsing: JSON.number(value).bytes).double == value)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `what JSON cannot write becomes null`(value: Double) {
        #expect(JSON.number(value).text == "null")
    }

    @Test func `missing values become null`() {
        #expect(JSON(String?.none) == .null)
        #expect(JSON(Int?.none) == .null)
        #expect(JSON([String]?.none) == .null)
        #expect(JSON("x" as String?) == "x")
        #expect(JSON(1 as Int?) == 1)
        #expect(JSON(["a", "b"]) == ["a", "b"])
    }
}

@Suite("Values of JSON")
struct ValueTests {
    @Test func `access answers nil where the kind differs`() {
        let json: JSON = ["s": "x", "i": 1, "d": 1.5, "b": true, "a": ["p", "q"], "m": [1, "q"]]

        #expect(json["s"]?.string == "x")
        #expect(json["i"]?.int == 1)
        #expect(json["i"]?.double == 1)
        #expect(json["d"]?.double == 1.5)
        #expect(json["d"]?.int == nil)
        #expect(json["b"]?.bool == true)
        #expect(json["b"]?.int == nil)
        #expect(json["i"]?.bool == nil)
        #expect(json["a"]?.strings == ["p", "q"])
        #expect(json["m"]?.strings == nil)
        #expect(json["s"]?["x"] == nil)
        #expect(json["absent"] == nil)
        #expect(json.string == nil)
        #expect(json["s"]?.isNull == false)
        #expect(JSON.null.isNull)
    }

    @Test func `a member is replaced where it stands, appended, removed`() {
        var object: JSON.Object = ["a": 1, "b": 2]

        object["a"] = 3
        object["c"] = 4
        object["b"] = nil
        object["d"] = nil

        #expect(JSON.object(object).text == #"{"a":3,"c":4}"#)
    }

    @Test func `order does not matter to equality`() {
        #expect(["a": 1, "b": 2] as JSON == ["b": 2, "a": 1])
        #expect(["a": 1, "b": 2] as JSON != ["a": 1])
        #expect(["a": 1, "b": 2] as JSON != ["a": 1, "b": 3])
        #expect(Set<JSON>([["a": 1, "b": 2], ["b": 2, "a": 1]]).count == 1)
    }
}
