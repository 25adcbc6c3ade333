import Domain

extension PageRequest {
    /// The page holds rows whose id is below this one: that of the last row before, or one above all.
    var end: UniqueID { after ?? UniqueID(high: .max, low: .max) }

    /// How many rows to ask for: one more than the page holds tells whether there is another page.
    var rowLimit: Int { limit + 1 }
}
