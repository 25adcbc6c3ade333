/// FastCGI records as bytes, right and wrong ones alike.
enum Records {
    static func record(
        _ type: UInt8, id: UInt16 = 1, _ content: [UInt8] = [], padding: Int = 0, version: UInt8 = 1
    ) -> [UInt8] {
        header(type, id: id, length: content.count, padding: padding, version: version) + content
            + [UInt8](repeating: 0xAA, count: padding)
    }

    static func header(
        _ type: UInt8, id: UInt16 = 1, length: Int, padding: Int = 0, version: UInt8 = 1
    ) -> [UInt8] {
        [
            version, type, UInt8(id >> 8), UInt8(id & 0xFF), UInt8(length >> 8),
            UInt8(length & 0xFF), UInt8(padding), 0,
        ]
    }

    static func begin(
        id: UInt16 = 1, role: UInt16 = 1, keep: Bool = true, padding: Int = 0
    ) -> [UInt8] {
        let body = [UInt8(role >> 8), UInt8(role & 0xFF), keep ? 1 : 0, 0, 0, 0, 0, 0]
        return record(1, id: id, body, padding: padding)
    }

    static func parameters(id: UInt16 = 1, _ content: [UInt8], padding: Int = 0) -> [UInt8] {
        record(4, id: id, content, padding: padding)
    }

    static func input(id: UInt16 = 1, _ content: [UInt8], padding: Int = 0) -> [UInt8] {
        record(5, id: id, content, padding: padding)
    }

    static func pair(_ name: [UInt8], _ value: [UInt8]) -> [UInt8] {
        length(name.count) + length(value.count) + name + value
    }

    static func pairs(_ pairs: [(String, String)]) -> [UInt8] {
        pairs.flatMap { pair(Array($0.0.utf8), Array($0.1.utf8)) }
    }

    static func length(_ count: Int) -> [UInt8] {
        count < 128 ? [UInt8(count)] : longLength(count)
    }

    static func longLength(_ count: Int) -> [UInt8] {
        [
            0x80 | UInt8(count >> 24), UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF),
            UInt8(count & 0xFF),
        ]
    }

    /// A whole request as nginx sends it. A body gets its `CONTENT_LENGTH` unless told otherwise.
    static func request(
        _ pairs: [(String, String)] = [("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/")],
        body: [UInt8] = [], length: [String]? = nil, id: UInt16 = 1, keep: Bool = true
    ) -> [UInt8] {
        let lengths = length ?? (body.isEmpty ? [] : [String(body.count)])
        let all = pairs + lengths.map { ("CONTENT_LENGTH", $0) }
        return begin(id: id, keep: keep) + parameters(id: id, Self.pairs(all))
            + parameters(id: id, []) + inputs(id: id, body)
    }

    static func inputs(id: UInt16 = 1, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = body[...]
        while !rest.isEmpty {
            bytes += input(id: id, Array(rest.prefix(32768)))
            rest = rest.dropFirst(32768)
        }
        return bytes + input(id: id, [])
    }
}
