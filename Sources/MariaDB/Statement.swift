private import CMariaDB

/// A prepared statement: values in, rows out.
@safe final class Statement {
    private let handle: UnsafeMutablePointer<MYSQL_STMT>
    private let connection: UnsafeMutablePointer<MYSQL>
    private let sql: String
    private let parameterCount: Int
    /// What the answer's columns were when `cells` were bound.
    private var columns: [Column] = []
    private var names = Row.Columns(names: [], sql: "")
    private var cells: Cells?

    /// - Parameter connection: the session's `MYSQL`, which must outlive the statement. (Opaque,
    ///   for the library's types stay inside a file.)
    init(_ sql: String, on connection: OpaquePointer) throws(MariaDBError) {
        let connection = unsafe UnsafeMutablePointer<MYSQL>(connection)
        guard let handle = unsafe mysql_stmt_init(connection) else {
            throw MariaDBError(operation: .prepare, code: 2008, message: "out of memory", sql: sql)
        }
        unsafe self.handle = handle
        unsafe self.connection = connection
        self.sql = sql
        var text = sql
        let status = text.withUTF8 { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                unsafe mysql_stmt_prepare(handle, characters.baseAddress, UInt(characters.count))
            }
        }
        parameterCount = Int(unsafe mysql_stmt_param_count(handle))
        // All properties have their values, so `deinit` runs also after a throw.
        guard status == 0 else { throw error(.prepare) }
    }

    deinit {
        unsafe mysql_stmt_close(handle)
    }

    /// Binds the values and executes. The answer's rows wait to be read; they must be, or be passed
    /// over, before anything else is asked of the connection.
    func execute(_ values: [SQLValue]) throws(MariaDBError) {
        guard values.count == parameterCount else {
            throw MariaDBError(
                operation: .execute,
                message: "\(parameterCount) question marks and \(values.count) values", sql: sql)
        }
        for case .time(let milliseconds) in values
        where !CivilTime.range.contains(milliseconds) {
            throw MariaDBError(
                operation: .execute, message: "a time outside of the years 1 to 9999", sql: sql)
        }
        guard send(values) == 0 else {
            throw error(.execute)
        }
    }

    /// Of an INSERT, UPDATE or DELETE that was just executed.
    var affectedRows: Int {
        let count = unsafe mysql_stmt_affected_rows(handle)
        return count == UInt64.max ? 0 : Int(clamping: count)
    }

    /// Reads the whole answer and keeps the first `limit` rows of it.
    func rows(limit: Int = .max) throws(MariaDBError) -> [Row] {
        guard unsafe mysql_stmt_field_count(handle) > 0 else { return [] }
        do {
            let cells = try boundCells()
            var rows: [Row] = []
            while try fetch() {
                if rows.count < limit { rows.append(row(from: cells)) }
            }
            return rows
        } catch {
            discardRows()
            throw error
        }
    }

    /// Manual, mysql_stmt_free_result: "Releases memory associated with the result set produced by
    /// execution of the prepared statement"; rows that still come over the line are read away.
    func discardRows() {
        unsafe mysql_stmt_free_result(handle)
    }

    // MARK: Values

    /// All values lie in one temporary block, which is on the stack when it is small: the library
    /// copies them into its packet before `mysql_stmt_execute` sends it.
    private func send(_ values: [SQLValue]) -> Int32 {
        guard !values.isEmpty else { return unsafe mysql_stmt_execute(handle) }
        let size = values.reduce(0) { $0 + Self.size(of: $1) }
        return unsafe withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { block in
            unsafe withUnsafeTemporaryAllocation(
                of: MYSQL_BIND.self, capacity: values.count
            ) { binds in
                var offset = 0
                for (index, value) in values.enumerated() {
                    let end = offset + Self.size(of: value)
                    let place = unsafe UnsafeMutableRawBufferPointer(rebasing: block[offset..<end])
                    unsafe binds.initializeElement(at: index, to: Self.bind(value, to: place))
                    offset = end
                }
                guard unsafe mysql_stmt_bind_param(handle, binds.baseAddress) == 0 else { return 1 }
                return unsafe mysql_stmt_execute(handle)
            }
        }
    }

    /// How much room a value takes in the block, rounded up so that the next is aligned.
    private static func size(of value: SQLValue) -> Int {
        switch value {
        case .null: 0
        case .int, .double: 8
        case .time: (MemoryLayout<MYSQL_TIME>.size + 7) & ~7
        case .string(let text): (text.utf8.count + 7) & ~7
        case .bytes(let bytes): (bytes.count + 7) & ~7
        }
    }

    private static func bind(
        _ value: SQLValue, to place: UnsafeMutableRawBufferPointer
    ) -> MYSQL_BIND {
        var bind = unsafe MYSQL_BIND()
        unsafe bind.buffer = place.baseAddress
        switch value {
        case .null:
            unsafe bind.buffer_type = MYSQL_TYPE_NULL
        case .int(let number):
            unsafe bind.buffer_type = MYSQL_TYPE_LONGLONG
            unsafe place.storeBytes(of: number, as: Int64.self)
        case .double(let number):
            unsafe bind.buffer_type = MYSQL_TYPE_DOUBLE
            unsafe place.storeBytes(of: number, as: Double.self)
        case .time(let milliseconds):
            unsafe bind.buffer_type = MYSQL_TYPE_DATETIME
            unsafe place.storeBytes(of: MYSQL_TIME(milliseconds), as: MYSQL_TIME.self)
        case .string(var text):
            unsafe bind.buffer_type = MYSQL_TYPE_STRING
            let count = text.withUTF8 { utf8 in
                unsafe place.copyMemory(from: UnsafeRawBufferPointer(utf8))
                return utf8.count
            }
            unsafe bind.buffer_length = UInt(count)
            unsafe bind.length_value = UInt(count)
        case .bytes(let bytes):
            unsafe bind.buffer_type = MYSQL_TYPE_BLOB
            unsafe place.copyBytes(from: bytes)
            unsafe bind.buffer_length = UInt(bytes.count)
            unsafe bind.length_value = UInt(bytes.count)
        }
        return unsafe bind
    }

    // MARK: Rows

    /// How a column is read.
    private enum Kind {
        case signed, unsigned, double, time, decimal, text, binary
    }

    private struct Column: Equatable {
        let type: UInt32
        let characterSet: UInt32
        let flags: UInt32
    }

    /// The fixed-size places that the library writes a row's columns to.
    ///
    /// Text has none: a buffer of length 0 makes the library tell only how long it is, and
    /// `mysql_stmt_fetch_column` then copies it where it will stay, whatever its length.
    @safe private final class Cells {
        let kinds: [Kind]
        let binds: UnsafeMutablePointer<MYSQL_BIND>
        let numbers: UnsafeMutablePointer<Int64>
        let times: UnsafeMutablePointer<MYSQL_TIME>
        let lengths: UnsafeMutablePointer<UInt>
        let nulls: UnsafeMutablePointer<my_bool>
        let errors: UnsafeMutablePointer<my_bool>

        init(_ kinds: [Kind]) {
            self.kinds = kinds
            let count = kinds.count
            unsafe binds = .allocate(capacity: count)
            unsafe numbers = .allocate(capacity: count)
            unsafe times = .allocate(capacity: count)
            unsafe lengths = .allocate(capacity: count)
            unsafe nulls = .allocate(capacity: count)
            unsafe errors = .allocate(capacity: count)
            unsafe numbers.initialize(repeating: 0, count: count)
            unsafe times.initialize(repeating: MYSQL_TIME(), count: count)
            unsafe lengths.initialize(repeating: 0, count: count)
            unsafe nulls.initialize(repeating: 0, count: count)
            unsafe errors.initialize(repeating: 0, count: count)
            for (index, kind) in kinds.enumerated() {
                var bind = unsafe MYSQL_BIND()
                unsafe bind.length = lengths + index
                unsafe bind.is_null = nulls + index
                unsafe bind.error = errors + index
                switch kind {
                case .signed, .unsigned:
                    unsafe bind.buffer_type = MYSQL_TYPE_LONGLONG
                    unsafe bind.is_unsigned = kind == .unsigned ? 1 : 0
                    unsafe bind.buffer = UnsafeMutableRawPointer(numbers + index)
                    unsafe bind.buffer_length = 8
                case .double:
                    unsafe bind.buffer_type = MYSQL_TYPE_DOUBLE
                    unsafe bind.buffer = UnsafeMutableRawPointer(numbers + index)
                    unsafe bind.buffer_length = 8
                case .time:
                    unsafe bind.buffer_type = MYSQL_TYPE_DATETIME
                    unsafe bind.buffer = UnsafeMutableRawPointer(times + index)
                    unsafe bind.buffer_length = UInt(MemoryLayout<MYSQL_TIME>.size)
                case .decimal, .text:
                    unsafe bind.buffer_type = MYSQL_TYPE_STRING
                case .binary:
                    unsafe bind.buffer_type = MYSQL_TYPE_BLOB
                }
                unsafe (binds + index).initialize(to: bind)
            }
        }

        deinit {
            unsafe binds.deallocate()
            unsafe numbers.deallocate()
            unsafe times.deallocate()
            unsafe lengths.deallocate()
            unsafe nulls.deallocate()
            unsafe errors.deallocate()
        }
    }

    /// The cells for this answer. They stay the same from one execution to the next, unless a table
    /// was altered and the server described the columns anew.
    private func boundCells() throws(MariaDBError) -> Cells {
        let count = Int(unsafe mysql_stmt_field_count(handle))
        guard let fields = unsafe mariadb_stmt_fetch_fields(handle) else {
            throw MariaDBError(operation: .fetch, message: "no description of columns", sql: sql)
        }
        if let cells, columns.count == count,
            columns.indices.allSatisfy({ unsafe columns[$0] == Self.column(fields[$0]) })
        {
            return cells
        }
        columns = (0..<count).map { unsafe Self.column(fields[$0]) }
        let cells = Cells(
            (0..<count).map { unsafe Self.kind(columns[$0], decimals: fields[$0].decimals) })
        names = Row.Columns(
            names: (0..<count).map { index in
                unsafe String(
                    decoding: UnsafeRawBufferPointer(
                        start: fields[index].name, count: Int(fields[index].name_length)),
                    as: UTF8.self)
            }, sql: sql)
        guard unsafe mysql_stmt_bind_result(handle, cells.binds) == 0 else {
            throw error(.fetch)
        }
        self.cells = cells
        return cells
    }

    private static func column(_ field: MYSQL_FIELD) -> Column {
        unsafe Column(type: field.type.rawValue, characterSet: field.charsetnr, flags: field.flags)
    }

    private static func kind(_ column: Column, decimals: UInt32) -> Kind {
        let isUnsigned = column.flags & UInt32(UNSIGNED_FLAG) != 0
        switch enum_field_types(rawValue: column.type) {
        case MYSQL_TYPE_TINY, MYSQL_TYPE_SHORT, MYSQL_TYPE_INT24, MYSQL_TYPE_LONG,
            MYSQL_TYPE_LONGLONG, MYSQL_TYPE_YEAR:
            return isUnsigned ? .unsigned : .signed
        case MYSQL_TYPE_FLOAT, MYSQL_TYPE_DOUBLE:
            return .double
        case MYSQL_TYPE_DATE, MYSQL_TYPE_NEWDATE, MYSQL_TYPE_DATETIME, MYSQL_TYPE_TIMESTAMP:
            return .time
        case MYSQL_TYPE_DECIMAL, MYSQL_TYPE_NEWDECIMAL:
            // SUM of integers is a DECIMAL without a fraction.
            return decimals == 0 ? .decimal : .text
        case MYSQL_TYPE_TIME, MYSQL_TYPE_TIME2:
            return .text
        default:
            // 63 is the "character set" binary.
            return column.characterSet == 63 ? .binary : .text
        }
    }

    /// Steps to the next row; false after the last.
    private func fetch() throws(MariaDBError) -> Bool {
        switch unsafe mysql_stmt_fetch(handle) {
        case 0, MYSQL_DATA_TRUNCATED: true  // truncated: all text is, see Cells
        case MYSQL_NO_DATA: false
        default: throw error(.fetch)
        }
    }

    private func row(from cells: Cells) -> Row {
        Row(columns: names, values: cells.kinds.indices.map { value($0, cells) })
    }

    private func value(_ index: Int, _ cells: Cells) -> SQLValue {
        guard unsafe cells.nulls[index] == 0 else { return .null }
        switch cells.kinds[index] {
        case .signed:
            return .int(unsafe cells.numbers[index])
        case .unsigned:
            // Beyond Int64 only a BIGINT UNSIGNED can be; as text it is at least not wrong.
            let number = UInt64(bitPattern: unsafe cells.numbers[index])
            return Int64(exactly: number).map { .int($0) } ?? .string(String(number))
        case .double:
            return .double(Double(bitPattern: UInt64(bitPattern: unsafe cells.numbers[index])))
        case .time:
            return .time(unsafe cells.times[index].milliseconds)
        case .decimal:
            let text = text(index, length: Int(unsafe cells.lengths[index]))
            return Int64(text).map { .int($0) } ?? .string(text)
        case .text:
            return .string(text(index, length: Int(unsafe cells.lengths[index])))
        case .binary:
            return .bytes(bytes(index, length: Int(unsafe cells.lengths[index])))
        }
    }

    private func text(_ index: Int, length: Int) -> String {
        guard length > 0 else { return "" }
        return unsafe String(unsafeUninitializedCapacity: length) { buffer in
            unsafe copyColumn(index, MYSQL_TYPE_STRING, to: UnsafeMutableRawBufferPointer(buffer))
            return length
        }
    }

    private func bytes(_ index: Int, length: Int) -> [UInt8] {
        guard length > 0 else { return [] }
        return unsafe [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
            unsafe copyColumn(index, MYSQL_TYPE_BLOB, to: UnsafeMutableRawBufferPointer(buffer))
            count = length
        }
    }

    /// Copies a column of the current row, whose length `mysql_stmt_fetch` told.
    private func copyColumn(
        _ index: Int, _ type: enum_field_types, to place: UnsafeMutableRawBufferPointer
    ) {
        var bind = unsafe MYSQL_BIND()
        unsafe bind.buffer_type = type
        unsafe bind.buffer = place.baseAddress
        unsafe bind.buffer_length = UInt(place.count)
        let status = unsafe mysql_stmt_fetch_column(handle, &bind, UInt32(index), 0)
        // It fails only for a column that does not exist or a statement without a row.
        precondition(status == 0, "column \(index) of the current row cannot be read")
    }

    // MARK: Errors

    /// The library leaves an error that the server reports in the middle of the rows at the
    /// connection alone.
    private func error(_ operation: MariaDBError.Operation) -> MariaDBError {
        if unsafe mysql_stmt_errno(handle) == 0 {
            return unsafe MariaDBError(
                operation: operation, code: Int(mysql_errno(connection)),
                sqlState: String(cString: mysql_sqlstate(connection)),
                message: String(cString: mysql_error(connection)), sql: sql)
        }
        return unsafe MariaDBError(
            operation: operation, code: Int(mysql_stmt_errno(handle)),
            sqlState: String(cString: mysql_stmt_sqlstate(handle)),
            message: String(cString: mysql_stmt_error(handle)), sql: sql)
    }
}

extension MYSQL_TIME {
    fileprivate init(_ milliseconds: Int64) {
        let time = CivilTime(milliseconds: milliseconds)
        self.init()
        year = UInt32(time.year)
        month = UInt32(time.month)
        day = UInt32(time.day)
        hour = UInt32(time.hour)
        minute = UInt32(time.minute)
        second = UInt32(time.second)
        second_part = UInt(time.millisecond) * 1_000
        time_type = MYSQL_TIMESTAMP_DATETIME
    }

    fileprivate var milliseconds: Int64 {
        CivilTime(
            year: Int64(year), month: Int64(month), day: Int64(day), hour: Int64(hour),
            minute: Int64(minute), second: Int64(second), millisecond: Int64(second_part) / 1_000
        ).milliseconds
    }
}
