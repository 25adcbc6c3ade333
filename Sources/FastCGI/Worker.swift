internal import Glibc
internal import HTTP
internal import HTTPTypes
internal import Synchronization

/// What all threads of a pool share.
final class PoolState: Sendable {
    let limits: Limits
    let listening: Int32
    let epoll: Epoll
    let table: ConnectionTable
    /// Every connection is closed behind its next answer.
    let isStopping = Atomic<Bool>(false)
    /// No thread accepts a connection any more.
    let isDraining = Atomic<Bool>(false)
    /// Bytes of unfinished requests.
    let heldBytes = Atomic<Int>(0)
    /// Until when no connection is accepted because the last attempt failed for want of something.
    let acceptsFrom = Atomic<Int64>(0)

    init(listening: Int32, _ limits: Limits) throws(FastCGIError) {
        self.limits = limits
        self.listening = listening
        epoll = try Epoll()
        table = ConnectionTable(limits)
    }

    /// Takes the next connection, unless there is none, none can be had, or the pool drains.
    func accept(
        counting counters: Counters, whileDraining: Bool = false
    ) -> (Connection, Int32)? {
        guard let connection = table.take() else {
            counters.refusedAccepts.add(1, ordering: .relaxed)
            pauseAccepting()
            return nil
        }
        // Either this sees that the pool drains, or the draining thread sees a connection open.
        guard whileDraining || !isDraining.load(ordering: .sequentiallyConsistent) else {
            table.giveBack(connection)
            return nil
        }
        switch Socket.accept(listening, timeout: limits.write) {
        case .success(let descriptor):
            counters.accepts.add(1, ordering: .relaxed)
            return (connection, descriptor)
        case .failure(let error):
            table.giveBack(connection)
            switch error.code {
            case EAGAIN, EINTR, ECONNABORTED:
                // Another thread or process was quicker, or the peer has gone.
                break
            default:
                // accept(2): EMFILE, ENFILE, ENOBUFS, ENOMEM. It may pass when connections are closed.
                counters.refusedAccepts.add(1, ordering: .relaxed)
                pauseAccepting()
            }
            return nil
        }
    }

    /// Looks away from the listening socket for a while. Level-triggered as it is, it would wake the
    /// threads again and again while nothing can be accepted.
    func pauseAccepting(_ now: Int64 = MonotonicClock.now) {
        epoll.remove(listening)
        acceptsFrom.store(now + 200, ordering: .sequentiallyConsistent)
    }
}

/// One thread of a pool: takes whichever connection is readable, serves one request of it, and comes back.
final class Worker {
    private let pool: PoolState
    private let handler: any Handler
    private let counters: Counters
    private let library: LibraryRequest
    private var window: [UInt8]
    private var head = ResponseHead()

    init(_ pool: PoolState, _ handler: any Handler, _ counters: Counters) throws(FastCGIError) {
        self.pool = pool
        self.handler = handler
        self.counters = counters
        library = try LibraryRequest()
        window = [UInt8](repeating: 0, count: pool.limits.requestBytes)
    }

    func run() {
        while true {
            let event = pool.epoll.wait()
            counters.isBusy.store(true, ordering: .relaxed)
            switch event {
            case .finish: return
            case .listening: accept()
            case .connection(let index):
                let connection = pool.table.connections[index]
                connection.attend { state in serve(connection, &state) }
            // A signal came (EINTR).
            case nil: break
            }
            counters.isBusy.store(false, ordering: .relaxed)
        }
    }

    private func accept() {
        guard let (connection, descriptor) = pool.accept(counting: counters) else { return }
        connection.open(descriptor) { state in serve(connection, &state) }
    }

    // MARK: One connection

    private enum Next {
        case wait
        /// There may be more to read, but others come first.
        case again
        case close
        case closed
    }

    /// Serves what has arrived on the connection, and leaves it in epoll or closed.
    private func serve(_ connection: Connection, _ state: inout Connection.State) {
        var next: Next
        if state.isDiscarding {
            next = discard(state)
        } else {
            next =
                state.staged.isEmpty
                ? serveWhole(connection, &state) : serveStaged(connection, &state)
        }
        if next == .wait || next == .again, !state.isInEpoll {
            do {
                try pool.epoll.add(connection: connection.index, state.descriptor)
                state.isInEpoll = true
            } catch {
                next = .close
            }
        }
        switch next {
        case .wait: return count(&state)
        case .again:
            count(&state)
            return pool.epoll.renew(connection: connection.index, state.descriptor)
        case .close, .closed:
            pool.heldBytes.subtract(state.counted, ordering: .relaxed)
            connection.close(&state, alreadyClosed: next == .closed)
        }
        pool.table.giveBack(connection)
    }

    /// Brings the pool's count of held bytes up to date.
    private func count(_ state: inout Connection.State) {
        let change = state.staged.count - state.counted
        guard change != 0 else { return }
        state.counted = state.staged.count
        pool.heldBytes.add(change, ordering: .relaxed)
    }

    /// The way of nearly every request: it waits whole in the socket's queue. One look shows that libfcgi
    /// can be let at it, and that look already has the parameters.
    private func serveWhole(_ connection: Connection, _ state: inout Connection.State) -> Next {
        switch Socket.peek(state.descriptor, into: &window) {
        case .nothingYet: return .wait
        case .end, .failed: return .close
        case .bytes(let count):
            var scanner = RecordScanner(pool.limits)
            let finding = scanner.scan(window.span.extracting(first: count))
            guard finding == .request, scanner.position == count, scanner.isReadable else {
                return serveStaged(connection, &state)
            }
            guard let request = head(of: scanner, in: window) else { return violated() }
            guard let body = library.read(from: state.descriptor, bodyCount: scanner.bodyCount)
            else {
                return library.hasClosedDescriptor ? .closed : .close
            }
            return answer(request, checked(body, request), scanner, connection, state)
        }
    }

    /// The way of a request that is not whole yet, or has something before, in or after it. Nobody waits
    /// for the rest: what has come is taken out of the queue and kept with the connection. (Leaving it
    /// there would let a peer that writes byte by byte fill the queue, where each write costs it most of
    /// a kilobyte, before its request is whole.)
    private func serveStaged(_ connection: Connection, _ state: inout Connection.State) -> Next {
        while true {
            switch state.scan() {
            case .stray(let length, let answer):
                guard Socket.send(answer, to: state.descriptor) else { return .close }
                let start = state.scanner.position
                state.staged.removeSubrange(start..<start + length)
            case .violation(let answer):
                // The connection is closed next; an answer that can't be sent is lost with it.
                _ = Socket.send(answer, to: state.descriptor)
                return violated()
            case .bodyTooLarge:
                return refuse(.tooLarge, connection, &state)
            case .request:
                let next = serveStagedRequest(connection, &state)
                guard case .wait = next else { return next }
            case .unfinished:
                let room = pool.limits.requestBytes - state.staged.count
                guard room > 0 else { return violated() }
                switch Socket.read(state.descriptor, into: &window, atMost: room) {
                case .bytes(let count):
                    connection.startDeadline(pool.limits.request)
                    state.staged.append(contentsOf: window[..<count])
                    self.count(&state)
                    guard pool.heldBytes.load(ordering: .relaxed) <= pool.limits.unfinished else {
                        return violated()
                    }
                case .nothingYet:
                    if state.staged.isEmpty { connection.endDeadline() }
                    return .wait
                case .end:
                    if connection.isOverdue(at: MonotonicClock.now) {
                        counters.overdue.add(1, ordering: .relaxed)
                    }
                    guard state.scanner.hasParameters else {
                        return state.staged.isEmpty ? .close : violated()
                    }
                    return refuse(.incomplete, connection, &state)
                case .failed:
                    return .close
                }
            }
        }
    }

    private func serveStagedRequest(
        _ connection: Connection, _ state: inout Connection.State
    ) -> Next {
        connection.endDeadline()
        let scanner = state.scanner
        guard let request = head(of: scanner, in: state.staged) else { return violated() }
        guard
            let body = library.read(
                staged: RecordScanner.withoutPadding(state.staged[..<scanner.position]),
                bodyCount: scanner.bodyCount)
        else { return .close }
        // What stands behind it is the peer's next request, sent early.
        state.staged.removeSubrange(..<scanner.position)
        if state.staged.isEmpty { state.staged = [] }
        state.scanner = RecordScanner(pool.limits)
        return answer(request, checked(body, request), scanner, connection, state)
    }

    /// Answers a request whose body is not to be had, and lets nothing more of the connection be read.
    private func refuse(
        _ body: RequestBody, _ connection: Connection, _ state: inout Connection.State
    ) -> Next {
        let scanner = state.scanner
        guard let request = head(of: scanner, in: state.staged),
            library.read(
                staged: RecordScanner.withoutPadding(state.staged[..<scanner.parametersEnd]),
                bodyCount: nil)
                != nil
        else { return violated() }
        connection.endDeadline()
        _ = answer(request, body, scanner, connection, state)
        // Sends the end of the connection behind the answer.
        guard body == .tooLarge, shutdown(state.descriptor, Int32(SHUT_WR)) == 0 else {
            return .close
        }
        state.staged = []
        state.isDiscarding = true
        connection.startDeadline(pool.limits.request)
        return discard(state)
    }

    private func discard(_ state: Connection.State) -> Next {
        for _ in 0..<8 {
            switch Socket.read(state.descriptor, into: &window, atMost: window.count) {
            case .bytes: continue
            case .nothingYet: return .wait
            case .end, .failed: return .close
            }
        }
        return .again
    }

    private func violated() -> Next {
        counters.protocolErrors.add(1, ordering: .relaxed)
        return .close
    }

    // MARK: One request

    private func head(of scanner: RecordScanner, in bytes: [UInt8]) -> RequestHead? {
        RequestHead(
            scanner.gatheredParameters ?? [UInt8](bytes[scanner.firstParameters]),
            pairs: pool.limits.pairs)
    }

    private func checked(_ body: [UInt8], _ request: RequestHead) -> RequestBody {
        request.announces(bodyOf: body.count) ? .complete(body) : .lengthMismatch
    }

    private func answer(
        _ request: RequestHead, _ body: RequestBody, _ scanner: RecordScanner,
        _ connection: Connection, _ state: Connection.State
    ) -> Next {
        counters.requests.add(1, ordering: .relaxed)
        if case .complete = body {} else { counters.refusedBodies.add(1, ordering: .relaxed) }
        var response = handler.respond(to: request.parameters, body: body)
        if !head.write(response) {
            counters.invalidResponses.add(1, ordering: .relaxed)
            response = Response(status: .internalServerError)
            _ = head.write(response)
        }
        let hasBody = !request.isHead && ResponseHead.hasBody(response.status)
        let written: Bool
        if hasBody, let rest = response.rest {
            written = write(response.body, rest, connection, state)
        } else {
            written = write(hasBody ? response.body : [], connection, state)
        }
        guard written else {
            counters.failedWrites.add(1, ordering: .relaxed)
            return .close
        }
        let keeps = scanner.keepsConnection && !pool.isStopping.load(ordering: .relaxed)
        return keeps ? .wait : .close
    }

    private func write(
        _ body: [UInt8], _ connection: Connection, _ state: Connection.State
    ) -> Bool {
        // A single write is bounded by the socket's own time-out. A peer that takes an answer in crumbs
        // would begin that time again with each; for what needs several writes a deadline runs.
        let isLong = head.bytes.count + body.count > 8000
        if isLong { connection.startDeadline(pool.limits.write * 4, answering: true) }
        defer { if isLong { connection.endDeadline() } }
        return library.write(head.bytes, body, to: state.descriptor)
    }

    /// Writes a body piece by piece, each within a deadline of its own: whoever reads too slowly, and whoever reads
    /// for too long, is cut off.
    ///
    /// An answer that breaks off has no end of the request. nginx, which knows no other way to tell, then closes the
    /// client's connection without the last chunk, or resets the stream (RFC 9112 §8, RFC 9113 §8.1.1).
    private func write(
        _ first: [UInt8], _ rest: BodyPieces, _ connection: Connection, _ state: Connection.State
    ) -> Bool {
        let end = MonotonicClock.now + pool.limits.pieces.milliseconds
        func inTime(_ body: () -> Bool) -> Bool {
            connection.startDeadline(pool.limits.write * 4, answering: true)
            defer { connection.endDeadline() }
            return body()
        }
        library.begin(head.bytes, [], to: state.descriptor)
        var piece: [UInt8]? = first
        while let bytes = piece {
            let written = inTime {
                library.send(bytes)
                return library.flush()
            }
            guard written, MonotonicClock.now < end else { return breakOff() }
            do {
                piece = try rest.next()
            } catch {
                // Whoever made the pieces knows what to say of it: BodyPieces.reporting.
                return breakOff()
            }
        }
        return inTime { library.finish() }
    }

    private func breakOff() -> Bool {
        library.release()
        return false
    }
}
