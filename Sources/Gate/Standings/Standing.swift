package import Domain
package import HTTPTypes
import Synchronization

/// Who asks and what they may do in their organization: all of a decision that does not depend on the route.
///
/// It knows what it rests on, so it can be kept and asked again until something of that changes.
package final class Standing: Sendable {
    package let authentication: Authentication
    /// Nil where the request names no organization and the credential none either.
    package let context: OrganizationContext?
    /// What nginx passes on of it, the same for every request.
    package let fields: HTTPFields

    /// What was read, with the generation that it had *before* it was read: a change in between makes the
    /// standing stale before anybody has used it.
    let dependencies: [Dependency]
    /// When the reading began.
    let madeAt: Instant

    /// Milliseconds; what `UseRecorder` was last told of it.
    let recordedAt = Atomic<Int64>(0)
    private let isBeingRenewed = Atomic<Bool>(false)

    init(
        _ authentication: Authentication, in context: OrganizationContext?,
        dependencies: [Dependency], madeAt: Instant
    ) {
        self.authentication = authentication
        self.context = context
        self.dependencies = dependencies
        self.madeAt = madeAt
        fields = Self.fields(authentication, context)
    }

    /// How long it may be believed without asking again. Bounds what a writer that died between commit and
    /// bump, or a person at the SQL prompt, can cost.
    static let maximumAge: Int64 = 5_000
    /// From this age on one thread asks again while the others go on with what is there.
    static let renewalAge: Int64 = 4_000

    /// Whether it is still to be believed: not too old, the credential not expired, and nothing that it rests on
    /// changed. A clock that was set back makes it stale.
    func counts(at now: Instant, _ generations: any Generations) -> Bool {
        guard (0...Self.maximumAge).contains(age(at: now)),
            now < authentication.credential.expiresAt
        else { return false }
        for dependency in dependencies
        where generations.current(of: dependency.subject) != dependency.generation {
            return false
        }
        return true
    }

    func age(at now: Instant) -> Int64 { now.milliseconds - madeAt.milliseconds }

    /// True for the first who asks: it is to make the standing anew.
    func claimRenewal() -> Bool {
        !isBeingRenewed.exchange(true, ordering: .relaxed)
    }
}

/// Something that a standing rests on, and its generation before it was read.
struct Dependency: Sendable {
    let subject: GenerationSubject
    let generation: UInt64
}

/// Notes the generation of everything that is about to be read.
struct DependencyRecorder: DependencyObserver {
    let generations: any Generations
    private(set) var dependencies: [Dependency] = []

    init(_ generations: any Generations) {
        self.generations = generations
        dependencies.reserveCapacity(6)
    }

    mutating func willRead(_ subject: GenerationSubject) {
        // The first note counts: a later one could be of after the change.
        if dependencies.contains(where: { $0.subject == subject }) { return }
        dependencies.append(
            Dependency(subject: subject, generation: generations.current(of: subject)))
    }
}

extension Standing {
    /// The headers that nginx tells the API behind the gate.
    ///
    /// Ids and names that can't be chosen freely: what an API key is called is its maker's choice, so `admin` as
    /// a key's name must not arrive as a user name. A value with any other character than these is left out.
    private static func fields(
        _ authentication: Authentication, _ context: OrganizationContext?
    ) -> HTTPFields {
        let credential =
            "\(authentication.credential.kind.rawValue):\(authentication.credential.id)"
        var fields = HTTPFields()
        func set(_ name: HTTPField.Name, _ value: String) {
            if !value.isEmpty, value.utf8.count <= 512, value.utf8.allSatisfy(isSafe) {
                fields.append(HTTPField(name: name, value: value))
            }
        }
        set(.authSubject, authentication.subjectID.description)
        set(.authUsername, authentication.user?.username ?? credential)
        set(.authCredential, credential)
        set(.authClient, authentication.clientID ?? "")
        if let context {
            set(.authOrganization, context.organization.id.description)
            let scopes = scopes(context.permissions)
            if !scopes.isEmpty { fields.append(HTTPField(name: .authScopes, value: scopes)) }
        }
        return fields
    }

    /// The scopes separated by spaces, in the order of the catalogue. Narrowed ones can be many: as many whole
    /// ones as fit, so that the API is told less than the caller may, never more, and the header passes nginx.
    private static func scopes(_ permissions: Permissions) -> String {
        var text = ""
        for scope in permissions.scopes {
            let word = scope.description
            guard word.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { continue }
            if text.utf8.count + word.utf8.count + 1 > 6_000 { break }
            if !text.isEmpty { text += " " }
            text += word
        }
        return text
    }

    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "._@:/#+-~".utf8.contains(byte)
        }
    }
}

extension HTTPField.Name {
    static let authSubject = known("X-Auth-Subject")
    static let authUsername = known("X-Auth-Username")
    static let authOrganization = known("X-Auth-Organization")
    static let authScopes = known("X-Auth-Scopes")
    static let authCredential = known("X-Auth-Credential")
    static let authClient = known("X-Auth-Client")
    static let gateStatus = known("X-Gate-Status")
    static let gateProblem = known("X-Gate-Problem")
    static let requestID = known("X-Request-ID")

    private static func known(_ name: String) -> HTTPField.Name {
        guard let name = HTTPField.Name(name) else {
            preconditionFailure("\(name) is no header name")
        }
        return name
    }
}
