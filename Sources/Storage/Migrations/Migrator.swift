package import MariaDB

package struct Migration: Sendable {
    package static func all(in folder: String) throws -> [Migration] { [] }
}
package struct Migrator {
    package init(connection: Connection, migrations: [Migration]) {}
    package func isCurrent() throws -> Bool { true }
    package func apply(_ told: (String) -> Void) throws -> Int { 0 }
}
