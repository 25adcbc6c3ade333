import Domain
import HTTP

extension PageRequest {
    /// `?limit=` 1..200 (default 50) and `?cursor=`, which is checked, not trusted: it only says where a page
    /// begins, and the list's own conditions hold behind it as before.
    init(_ request: Request) throws {
        guard let query = request.queryFields else {
            throw Refusal(.malformed, code: "malformed_query", "The query is not properly encoded.")
        }
        var problems: [Refusal.Problem] = []
        var limit = PageRequest.defaultLimit
        switch query.all("limit") {
        case []: break
        case let values:
            if values.count == 1, values[0].utf8.count <= 3,
                values[0].utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
                let number = Int(values[0]), PageRequest.limits.contains(number)
            {
                limit = number
            } else {
                problems.append(
                    Refusal.Problem(
                        field: "limit", code: "out_of_range",
                        detail: "limit must be a whole number from 1 to 200."))
            }
        }
        var after: UniqueID?
        switch query.all("cursor") {
        case []: break
        case let values:
            after = values.count == 1 ? UniqueID(values[0]) : nil
            if after == nil {
                problems.append(
                    Refusal.Problem(
                        field: "cursor", code: "invalid_cursor",
                        detail: "cursor must be the next_cursor of an earlier answer."))
            }
        }
        if !problems.isEmpty { throw Refusal.invalid(problems) }
        self.init(limit: limit, after: after)
    }
}

extension Request {
    /// The id that the path's pattern captured; what is malformed is not there (404).
    func id<ID: Identifier>(_ capture: String = "id", as _: ID.Type = ID.self) throws -> ID {
        guard let id = ID(text: captures[capture] ?? "") else { throw Refusal.notFound }
        return id
    }
}
