/// Keeps signing keys, the private parts sealed.
package protocol SigningKeyStore {
    /// All that are still needed, retired ones included.
    func list() throws -> [SigningKeyRecord]
    /// All, locked until the transaction ends, so that two rotations can't cross.
    func lockedList() throws -> [SigningKeyRecord]
    func insert(_ key: SigningKeyRecord) throws
    func setState(_ state: SigningKeyRecord.State, of id: String, at time: Instant) throws
    /// The key must be kept at least until then; never moves back. Needs no transaction.
    func extendNeed(of id: String, until time: Instant) throws
    /// Removes retired keys that nothing needs any more; how many.
    func purge(before time: Instant) throws -> Int
}
