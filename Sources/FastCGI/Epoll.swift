private import CFastCGI
internal import Glibc

/// The kernel's list of descriptors that a pool waits for; shared by all of its threads.
@safe
final class Epoll: Sendable {
    enum Event: Equatable {
        case listening
        case finish
        case connection(Int)
    }

    private static let listeningTag = UInt64.max
    private static let finishTag = UInt64.max - 1

    private static let connectionEvents =
        EPOLLIN.rawValue | EPOLLRDHUP.rawValue | EPOLLET.rawValue

    private let descriptor: Int32

    init() throws(FastCGIError) {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        guard descriptor >= 0 else { throw FastCGIError("epoll_create1") }
    }

    deinit {
        close(descriptor)
    }

    /// epoll_ctl(2), EPOLLEXCLUSIVE: with several epoll descriptors on one target, "one or more" are
    /// woken, not all: several worker processes wait on one listening socket. Level-triggered, so that a
    /// thread can take one connection and leave the next to another thread.
    func addListening(_ socket: Int32) throws(FastCGIError) {
        try add(socket, EPOLLIN.rawValue | EPOLLEXCLUSIVE.rawValue, Self.listeningTag)
    }

    /// Wakes every thread, each time it waits, once the other end of this pipe is closed.
    func addFinish(_ pipe: Int32) throws(FastCGIError) {
        try add(pipe, EPOLLIN.rawValue, Self.finishTag)
    }

    /// Edge-triggered and registered once: epoll_ctl for each request (EPOLLONESHOT and EPOLL_CTL_MOD)
    /// would be a system call more. It asks two things of us, which `Connection` and `Worker` do: whoever
    /// leaves a connection has read it until EAGAIN, or knows that all that had arrived is consumed; and
    /// an event that comes while a thread is busy with its connection is remembered.
    func add(connection: Int, _ socket: Int32) throws(FastCGIError) {
        try add(socket, Self.connectionEvents, UInt64(connection))
    }

    /// Tells of the connection again if something is there to be read.
    func renew(connection: Int, _ socket: Int32) {
        // It can't fail: the connection is held by the caller and registered.
        _ = control(EPOLL_CTL_MOD, socket, Self.connectionEvents, UInt64(connection))
    }

    func remove(_ socket: Int32) {
        // It can fail only because the socket is not there, which is what is wanted.
        _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, socket, nil)
    }

    func wait() -> Event? {
        var event = unsafe epoll_event()
        // One event at a time: a second one would wait behind this thread's handler.
        let count = unsafe epoll_wait(descriptor, &event, 1, -1)
        guard count == 1 else { return nil }
        switch unsafe event.data.u64 {
        case Self.listeningTag: return .listening
        case Self.finishTag: return .finish
        case let index: return .connection(Int(index))
        }
    }

    private func add(_ target: Int32, _ events: UInt32, _ tag: UInt64) throws(FastCGIError) {
        guard control(EPOLL_CTL_ADD, target, events, tag) else { throw FastCGIError("epoll_ctl") }
    }

    private func control(
        _ operation: Int32, _ target: Int32, _ events: UInt32, _ tag: UInt64
    ) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = events
        unsafe event.data.u64 = tag
        return unsafe epoll_ctl(descriptor, operation, target, &event) == 0
    }
}
