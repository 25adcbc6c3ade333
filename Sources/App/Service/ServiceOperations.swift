import Cryptography
import Domain
import FastCGI
import Gate
import Glibc
import HTTP
import HTTPTypes
import JSON
import MariaDB
import Storage

/// What the commands of an operator do.
package struct ServiceOperations: Operations {
    package init() {}

    // MARK: Database

    package func migrate(_ settings: Settings, print: (String) -> Void) throws {
        let migrator = try settings.schemaMigrator()
        var configuration = settings.connection(as: settings.migrator)
        // A change of a large table takes as long as it takes.
        configuration.readTimeout = nil
        let applied = try migrator.apply(on: Connection(configuration)) { migration in
            print("applying \(migration.title)")
        }
        print(
            applied.isEmpty
                ? "The schema is current." : "\(applied.count) migrations applied.")
    }

    // MARK: Users

    package func createUser(
        _ user: NewUserArguments, _ settings: Settings, print: (String) -> Void
    ) throws {
        let composition = try ServiceComposition(settings)
        let random = user.password == nil && !user.isService
        let password = random ? composition.secrets.newSecret().text : user.password?.value
        let created = try showingProblems {
            try composition.users(composition.stores()).create(
                NewUser(
                    username: user.username, email: user.email, displayName: user.displayName,
                    password: user.isService ? nil : password,
                    kind: user.isService ? .service : .person,
                    isSystemAdministrator: user.isSystemAdministrator),
                by: .operatorOfHost(command: "user create"))
        }
        print("created \(created.username) (\(created.id))")
        if random, let password { print("password: \(password)") }
    }

    package func createFirstUser(
        _ user: NewUserArguments, _ settings: Settings, print: (String) -> Void
    ) throws {
        let composition = try ServiceComposition(settings)
        let stores = composition.stores()
        let random = user.password == nil
        let password = user.password?.value ?? composition.secrets.newSecret().text
        let made = try showingProblems {
            try composition.firstStart(stores).make(
                password: password, by: .operatorOfHost(command: "user create-first"))
        }
        guard let made else {
            print("There are users already; nothing was made.")
            return
        }
        try composition.keyRing(stores).prepare()
        print("created \(made.administrator.username) and organization \(made.organization.slug)")
        if random { print("password: \(password)") }
    }

    package func disableUser(
        _ username: String, _ settings: Settings, print: (String) -> Void
    ) throws {
        let composition = try ServiceComposition(settings)
        let stores = composition.stores()
        let user = try find(username, stores)
        _ = try showingProblems {
            try composition.users(stores).update(
                user.id, UserChanges(isDisabled: true),
                by: .operatorOfHost(command: "user disable"))
        }
        print("disabled \(user.username); all that it held has ended")
    }

    package func setPassword(
        of username: String, to password: Redacted<String>?, _ settings: Settings,
        print: (String) -> Void
    ) throws {
        let composition = try ServiceComposition(settings)
        let stores = composition.stores()
        let user = try find(username, stores)
        let new = password?.value ?? composition.secrets.newSecret().text
        _ = try showingProblems {
            try composition.users(stores).update(
                user.id, UserChanges(password: new),
                by: .operatorOfHost(command: "user password"))
        }
        print("changed the password of \(user.username)")
        if password == nil { print("password: \(new)") }
    }

    private func find(_ username: String, _ stores: SQLStores) throws -> User {
        guard let user = try stores.users.find(signInName: username) else {
            throw CommandFailure("There is no user \(username).")
        }
        return user
    }

    /// A refusal as one sentence, each problem with its field.
    private func showingProblems<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let refusal as Refusal {
            let problems = refusal.problems.map { "\($0.field): \($0.detail)" }
            throw CommandFailure(
                problems.isEmpty ? refusal.message : problems.joined(separator: " "))
        }
    }

    // MARK: Keys

    package func rotateKeys(
        _ algorithm: String?, _ settings: Settings, print: (String) -> Void
    ) throws {
        let wanted = try algorithm.map { text in
            guard let algorithm = SigningKeyRecord.Algorithm(rawValue: text) else {
                throw CommandFailure("--algorithm must be ES256 or RS256.")
            }
            return algorithm
        }
        let composition = try ServiceComposition(settings)
        let stores = composition.stores()
        try composition.keyRing(stores).rotate(
            wanted.map { [$0] } ?? SigningKeyRecord.Algorithm.allCases)
        try listKeys(settings, print: print)
    }

    package func listKeys(_ settings: Settings, print: (String) -> Void) throws {
        let stores = try ServiceComposition(settings).stores()
        for key in try stores.signingKeys.list() {
            let end = key.state == .retired ? "  needed until \(key.neededUntil)" : ""
            print(
                "\(key.id)  \(key.algorithm.rawValue)  \(key.state.rawValue)  made \(key.createdAt)\(end)"
            )
        }
    }

    // MARK: Policy

    package func checkPolicy(
        _ policy: String?, environment: [String: String], print: (String) -> Void
    ) throws {
        let path = try Self.policyPath(policy, environment)
        _ = try GatePolicy.read(path)
        print("\(path) can be used.")
    }

    package func explainPolicy(
        _ method: String, _ path: String, policy: String?, environment: [String: String],
        print: (String) -> Void
    ) throws {
        print(try GatePolicy.read(Self.policyPath(policy, environment)).explain(method, path))
    }

    /// The named file, else the configured one, else in a checkout the shipped one.
    private static func policyPath(
        _ named: String?, _ environment: [String: String]
    ) throws -> String {
        if let named { return named }
        do throws(SettingsError) {
            return try Settings.gatePolicy(environment: environment) ?? "nginx/gate.policy"
        } catch {
            throw CommandFailure(error)
        }
    }

    // MARK: Echo

    package func echo(socket: String) throws {
        let listening = try UnixSocket.listen(at: socket, mode: 0o660, backlog: 128)
        let pool = try WorkerPool(listening: listening.number, threads: 2) { _ in EchoHandler() }
        let signals = try Signals([SIGTERM, SIGINT])
        try DetachedThread.start {
            do {
                _ = try Waiting.readable(among: [signals.arrivals.number], milliseconds: nil)
            } catch {
                // Without signals there is nothing to wait for; the process is ended from outside.
                return
            }
            pool.stop()
        }
        try withExtendedLifetime(listening) { try pool.run() }
    }
}

/// Answers with what the request said: method, URI and headers as they arrived.
private final class EchoHandler: Handler {
    func respond(to parameters: Parameters, body: RequestBody) -> Response {
        var headers: [(String, JSON)] = []
        parameters.forEach { name, value in
            guard name.hasPrefix("HTTP_") else { return }
            let header = String(name.dropFirst(5).map { $0 == "_" ? "-" : $0 }).lowercased()
            // A header that came twice is shown joined, as RFC 9110 §5.2 reads it.
            if let index = headers.firstIndex(where: { $0.0 == header }) {
                headers[index].1 = .string("\(headers[index].1.string ?? ""), \(value)")
            } else {
                headers.append((header, .string(value)))
            }
        }
        let answer: JSON = [
            "method": .string(parameters.first("REQUEST_METHOD") ?? ""),
            "uri": .string(parameters.first("REQUEST_URI") ?? ""),
            "headers": .object(JSON.Object(headers)),
        ]
        return Response(
            status: .ok, headers: [.contentType: "application/json"], body: answer.bytes)
    }
}

extension GatePolicy {
    /// Reads the policy file; the error names the file, each wrong line and its rule.
    static func read(_ path: String) throws -> GatePolicy {
        let contents: FileContents
        do {
            contents = try FileContents(of: path, atMost: 1 << 20)
        } catch {
            throw CommandFailure("The policy file \(path) can't be read: \(error)")
        }
        do {
            return try GatePolicy(String(decoding: contents.bytes, as: UTF8.self))
        } catch {
            throw CommandFailure("The policy file \(path) is wrong. \(error)")
        }
    }
}
