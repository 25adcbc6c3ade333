import MariaDB
import Storage
import TestSupport
import Testing

@Suite struct SQLScriptTests {
    @Test func `statements end at semicolons`() throws {
        let script = try SQLScript("CREATE TABLE a (id INT);\n\nDROP TABLE b ; SELECT 1")

        #expect(script.statements == ["CREATE TABLE a (id INT)", "DROP TABLE b", "SELECT 1"])
    }

    @Test(arguments: [
        "SELECT 'a;b'", "SELECT \"a;b\"", "SELECT `a;b`", "SELECT 'it''s; here'",
        "SELECT 'it\\'s; here'", "SELECT \"\\\";\"", "SELECT `a\\`", "SELECT '\\\\'",
        "SELECT '-- ;', '#;', '/* ;'", "SELECT 1 -- no; end\n+ 1", "SELECT 1 # no; end\n+ 1",
        "SELECT /* no; end */ 1", "SELECT 1 --1", "SELECT 4/2", "SELECT '🦊;ü'",
        "/*! SET a = 1; */", "/*M!100100 SET a = 1; */",
    ])
    func `a semicolon in quotes or in a comment ends nothing`(statement: String) throws {
        let script = try SQLScript("\(statement);SELECT 'next'; ")

        #expect(script.statements == [statement, "SELECT 'next'"])
    }

    @Test func `what is only space and comments is no statement`() throws {
        let script = try SQLScript(
            """
            -- A table; of things.
            # and; more
            /* and
               more; */
            ;; ;
            SELECT 1; -- done; here
            --
            """)

        #expect(script.statements == ["SELECT 1"])
        #expect(try SQLScript("").statements.isEmpty)
        #expect(try SQLScript("--").statements.isEmpty)
    }

    @Test func `a comment before a statement is left out, one inside stays`() throws {
        let script = try SQLScript("-- why\nCREATE TABLE a (\n    id INT -- the key; yes\n);\n")

        #expect(script.statements == ["CREATE TABLE a (\n    id INT -- the key; yes\n)"])
    }

    @Test(arguments: [
        ("SELECT 1;\nSELECT 'a", 2, "a quotation that does not end"),
        ("SELECT 'a\\'", 1, "a quotation that does not end"),
        ("\n\n  `a;", 3, "a quotation that does not end"),
        ("SELECT 1 /* a;\n;", 1, "a comment that does not end"),
        ("/*/ SELECT 1", 1, "a comment that does not end"),
    ])
    func `what does not end is an error with its line`(
        text: String, line: Int, problem: String
    ) throws {
        let error = try #require(throws: SQLScriptError.self) { try SQLScript(text) }

        #expect(error.line == line)
        #expect(error.problem == problem)
    }

    @Test func `a script runs on a real server`() throws {
        let database = try TestDatabase.make()
        let connection = database.connect()
        let script = try SQLScript(
            """
            CREATE TABLE texts (body VARCHAR(99) NOT NULL);
            -- Odd texts; all of them.
            INSERT INTO texts (body) VALUES ('a;b'), ("c\\";d"), ('e''f;');
            /*! INSERT INTO texts (body) VALUES ('executed') */;
            """)

        try script.run(on: connection)

        let bodies = try connection.query("SELECT body FROM texts ORDER BY body").map { row in
            try row.string("body")
        }
        #expect(bodies == ["a;b", "c\";d", "e'f;", "executed"])
        withExtendedLifetime(database) {}
    }
}
