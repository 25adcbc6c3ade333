import Domain
import Synchronization

/// Places for answers that take a thread for as long as somebody reads, of which a process has few: its other threads
/// go on serving everybody else.
final class LongAnswers: Sendable {
    private let places: Int
    private let taken = Atomic<Int>(0)

    init(places: Int) {
        self.places = places
    }

    /// One place, free again when nobody holds it any more.
    final class Place {
        private let owner: LongAnswers

        fileprivate init(_ owner: LongAnswers) {
            self.owner = owner
        }

        deinit {
            owner.taken.subtract(1, ordering: .relaxed)
        }
    }

    func take() throws -> Place {
        guard taken.add(1, ordering: .relaxed).newValue <= places else {
            taken.subtract(1, ordering: .relaxed)
            throw Refusal(
                .unavailable(retryAfter: 30), code: "too_many_downloads",
                "Others are downloading at this moment. Try again in half a minute.")
        }
        return Place(self)
    }
}
