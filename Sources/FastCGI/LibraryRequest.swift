private import CFastCGI
internal import Glibc

/// libfcgi's request structure, one a thread, used for one request after the other.
///
/// The connection stays ours: libfcgi is lent its descriptor, reads one request that is known to be whole,
/// writes the answer, and gives it back open. Its own `FCGX_Finish_r` is not used: where the connection is
/// to be closed it calls `OS_IpcClose`, which waits up to two seconds in `select` for the peer and aborts
/// the process (`FD_SET`) when the descriptor is above 1,023.
@safe
final class LibraryRequest {
    /// FCGX_Init installs a handler for SIGPIPE that does nothing, unless one is installed already. Once a
    /// process; "Call in multi-threaded apps before calling FCGX_Accept_r()" (fcgiapp.h).
    static let libraryStarted: Bool = FCGX_Init() == 0

    private let request: UnsafeMutablePointer<FCGX_Request>
    /// Where a request is put for libfcgi to read that had to be read from its connection in pieces.
    private var stage: Int32 = -1
    /// Whether libfcgi has closed the descriptor lent to it after all: it does so when it refuses a
    /// request, which the scanner is there to prevent.
    private(set) var hasClosedDescriptor = false

    init() throws(FastCGIError) {
        guard Self.libraryStarted else { throw FastCGIError("FCGX_Init") }
        unsafe request = .allocate(capacity: 1)
        // A listening socket of -1 keeps it from accepting a connection by itself.
        unsafe FCGX_InitRequest(request, -1, 0)
    }

    deinit {
        unsafe FCGX_Free(request, 0)
        unsafe request.deallocate()
        if stage >= 0 { close(stage) }
    }

    /// Reads head and body of the whole request that waits in the socket's queue, body included.
    func read(from socket: Int32, bodyCount: Int) -> [UInt8]? {
        hasClosedDescriptor = false
        guard accept(from: socket) else { return nil }
        return body(of: bodyCount)
    }

    /// Reads a whole request from memory; without its body when `bodyCount` is nil.
    func read(staged bytes: [UInt8], bodyCount: Int?) -> [UInt8]? {
        guard hasStage() else { return nil }
        let written = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe pwrite(stage, bytes.baseAddress, bytes.count, 0)
        }
        guard written == bytes.count, ftruncate(stage, written) == 0,
            lseek(stage, 0, SEEK_SET) == 0,
            accept(from: stage)
        else { return nil }
        guard let bodyCount else { return [] }
        return body(of: bodyCount)
    }

    /// Writes the answer and the end of the request; false when not all of it could be written. Up to
    /// 8 KiB of it go out in one write.
    func write(_ head: [UInt8], _ body: [UInt8], to socket: Int32) -> Bool {
        begin(head, body, to: socket)
        return finish()
    }

    /// Takes the beginning of an answer of which more is to come, by `send` and then `finish`; or `release`, behind
    /// which the peer misses the end of the request.
    func begin(_ head: [UInt8], _ body: [UInt8], to socket: Int32) {
        unsafe request.pointee.ipcFd = socket
        unsafe head.withUnsafeBufferPointer { unsafe put($0) }
        send(body)
    }

    /// Takes a piece of the answer. What does not fit into 8 KiB is written.
    func send(_ piece: [UInt8]) {
        if !piece.isEmpty {
            unsafe piece.withUnsafeBufferPointer { unsafe put($0) }
        }
    }

    /// Writes all that was taken; false when that, or an earlier write, failed.
    func flush() -> Bool {
        // FCGX_FFlush answers 0 for a stream that an error has closed already.
        unsafe FCGX_FFlush(request.pointee.out) == 0 && FCGX_GetError(request.pointee.out) == 0
    }

    /// Writes what is left and the end of the request; false when not all of it could be written.
    func finish() -> Bool {
        // fcgiapp.c on FCGX_FClose: "Closing the out stream before the err stream results in an extra
        // write if there's nothing in the err stream".
        let closedErrors = unsafe FCGX_FClose(request.pointee.err) == 0
        let closedOutput = unsafe FCGX_FClose(request.pointee.out) == 0
        release()
        return closedErrors && closedOutput
    }

    /// Frees what belongs to the request and forgets the descriptor without closing it.
    func release() {
        unsafe FCGX_Free(request, 0)
        unsafe request.pointee.ipcFd = -1
    }

    private func hasStage() -> Bool {
        if stage < 0 {
            stage = unsafe memfd_create("fastcgi-request", 0)
        }
        return stage >= 0
    }

    private func accept(from descriptor: Int32) -> Bool {
        unsafe request.pointee.ipcFd = descriptor
        // FCGX_Accept_r finishes the request before; without this it would close the descriptor then.
        unsafe request.pointee.keepConnection = 1
        let accepted = unsafe FCGX_Accept_r(request) == 0
        if unsafe !accepted && request.pointee.ipcFd < 0 {
            if descriptor == stage { stage = -1 } else { hasClosedDescriptor = true }
        }
        return accepted
    }

    private func body(of count: Int) -> [UInt8]? {
        var read = 0
        let body: [UInt8]
        if count == 0 {
            body = []
        } else {
            body = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
                unsafe buffer.baseAddress.map { start in
                    unsafe start.withMemoryRebound(to: CChar.self, capacity: count) { start in
                        read = Int(unsafe FCGX_GetStr(start, Int32(count), request.pointee.in))
                    }
                }
                filled = max(0, read)
            }
        }
        // The empty record that ends the body has to be taken from the connection as well.
        guard read == count, unsafe FCGX_GetChar(request.pointee.in) == EOF else {
            release()
            return nil
        }
        return body
    }

    private func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let start = bytes.baseAddress else { return }
        // An error stays with the stream until it is closed, where it is read.
        unsafe start.withMemoryRebound(to: CChar.self, capacity: bytes.count) { start in
            _ = unsafe FCGX_PutStr(start, Int32(bytes.count), request.pointee.out)
        }
    }
}
