package import MariaDB

/// What a database is made of, as one line for each table, column, key, check, view, trigger and
/// routine, so that two databases can be compared whatever the order they were built in.
///
/// `schema_migrations` is left out: it tells how the schema came about and is no part of it.
package struct Schema: Equatable {
    package let lines: [String]

    /// Reads the schema of the connection's database.
    package init(of connection: Connection) throws {
        var lines: [String] = []
        for question in Self.questions {
            for row in try connection.query(question) {
                lines.append(try row.string("line"))
            }
        }
        self.lines = lines.sorted()
    }

    /// The lines that only one of the two has, `-` for this one's and `+` for the other's.
    package func differences(to other: Schema) -> [String] {
        let (mine, theirs) = (Set(lines), Set(other.lines))
        return mine.subtracting(theirs).sorted().map { "- " + $0 }
            + theirs.subtracting(mine).sorted().map { "+ " + $0 }
    }

    /// CONCAT_WS passes over what is NULL; where that would hide something, COALESCE names it.
    private static let questions: [SQL] = [
        """
        SELECT CONCAT_WS(' ', 'table', table_name, table_type, engine, row_format, table_collation,
            create_options, QUOTE(table_comment)) AS line
        FROM information_schema.tables
        WHERE table_schema = DATABASE() AND table_name <> 'schema_migrations'
        """,
        """
        SELECT CONCAT_WS(' ', 'column', table_name, ordinal_position, column_name, column_type,
            'null', is_nullable, 'default', COALESCE(column_default, '-'), extra,
            character_set_name, collation_name, is_generated, generation_expression,
            QUOTE(column_comment)) AS line
        FROM information_schema.columns
        WHERE table_schema = DATABASE() AND table_name <> 'schema_migrations'
        """,
        """
        SELECT CONCAT_WS(' ', 'index', table_name, index_name, seq_in_index, column_name,
            IF(non_unique, 'plain', 'unique'), index_type, COALESCE(sub_part, 'whole'), collation,
            ignored) AS line
        FROM information_schema.statistics
        WHERE table_schema = DATABASE() AND table_name <> 'schema_migrations'
        """,
        """
        SELECT CONCAT_WS(' ', 'key', c.table_name, c.constraint_name, c.constraint_type,
            k.ordinal_position, k.column_name, k.referenced_table_name, k.referenced_column_name,
            r.update_rule, r.delete_rule) AS line
        FROM information_schema.table_constraints AS c
        LEFT JOIN information_schema.key_column_usage AS k
            ON k.constraint_schema = c.constraint_schema AND k.table_name = c.table_name
            AND k.constraint_name = c.constraint_name
        LEFT JOIN information_schema.referential_constraints AS r
            ON r.constraint_schema = c.constraint_schema AND r.table_name = c.table_name
            AND r.constraint_name = c.constraint_name
        WHERE c.constraint_schema = DATABASE() AND c.table_name <> 'schema_migrations'
        """,
        """
        SELECT CONCAT_WS(' ', 'check', table_name, constraint_name, level, check_clause) AS line
        FROM information_schema.check_constraints
        WHERE constraint_schema = DATABASE() AND table_name <> 'schema_migrations'
        """,
        """
        SELECT CONCAT_WS(' ', 'view', table_name,
            REPLACE(view_definition, CONCAT('`', DATABASE(), '`.'), ''), check_option,
            security_type) AS line
        FROM information_schema.views
        WHERE table_schema = DATABASE()
        """,
        """
        SELECT CONCAT_WS(' ', 'trigger', event_object_table, trigger_name, action_order,
            action_timing, event_manipulation, action_statement) AS line
        FROM information_schema.triggers
        WHERE trigger_schema = DATABASE()
        """,
        """
        SELECT CONCAT_WS(' ', 'routine', routine_type, routine_name, dtd_identifier, sql_data_access,
            is_deterministic, security_type, routine_definition) AS line
        FROM information_schema.routines
        WHERE routine_schema = DATABASE()
        """,
        """
        SELECT CONCAT_WS(' ', 'event', event_name, interval_value, interval_field, status,
            event_definition) AS line
        FROM information_schema.events
        WHERE event_schema = DATABASE()
        """,
    ]
}
