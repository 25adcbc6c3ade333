import FastCGI
import Foundation
import Gate
import Synchronization
import Testing

@testable import App

@Suite struct SupervisorTests {
    // Starting

    @Test func `both pools answer, at sockets that owner and group may use`() throws {
        let service = try RunningService()

        try service.line("Ready.")

        #expect(try service.ask(.web, "hello") == "hello")
        #expect(try service.ask(.gate, "hello") == "hello")
        #expect(try service.ask(.web, "pid") != service.ask(.gate, "pid"))
        for name in ["web.sock", "gate.sock"] {
            let attributes = try FileManager.default.attributesOfItem(
                atPath: service.sample.folder.path + "/" + name)
            #expect(attributes[.posixPermissions] as? Int == 0o660)
        }
    }

    @Test func `the web pool is nicer than the gate`() throws {
        let service = try RunningService()
        try service.line("Ready.")

        let web = try #require(Int(try service.ask(.web, "nice")))
        let gate = try #require(Int(try service.ask(.gate, "nice")))

        #expect(web == min(19, gate + 5))
    }

    @Test func `workers do not see what is the supervisor's`() throws {
        let service = try RunningService(environment: [
            "NOTIFY_SOCKET": "/nowhere", "GATEHOUSE_MIGRATOR_PASSWORD": "mighty",
            "GATEHOUSE_ADMIN_PASSWORD": "admin", "LANG": "C",
        ])
        try service.line("Ready.")

        #expect(try service.ask(.web, "environment NOTIFY_SOCKET") == "-")
        #expect(try service.ask(.web, "environment GATEHOUSE_MIGRATOR_PASSWORD") == "-")
        #expect(try service.ask(.web, "environment GATEHOUSE_ADMIN_PASSWORD") == "-")
        #expect(try service.ask(.web, "environment LANG") == "C")
    }

    @Test func `no worker leaves its memory in a core dump`() throws {
        let service = try RunningService()
        try service.line("Ready.")

        let limit = try service.ask(.web, "limits").split(separator: " ")

        #expect(limit.suffix(3) == ["0", "0", "bytes"])
    }

    @Test func `wrong settings are one sentence, and nothing is started`() throws {
        let service = try RunningService(settings: ["web_threads": 0, "no_such": 1])

        #expect(try service.end() == ExitStatus.configuration)

        #expect(service.lines.count == 1)
        #expect(service.lines[0].contains("GATEHOUSE_WEB_THREADS must be a whole number"))
        #expect(service.lines[0].contains("no_such in GATEHOUSE_CONFIG is not the name"))
    }

    @Test(arguments: ["broken", "crashing"])
    func `workers that cannot start end the service with a sentence`(_ brand: String) throws {
        let service = try RunningService(settings: ["brand_name": brand])

        #expect(try service.end() == ExitStatus.failure)

        let sentence = try #require(service.lines.last)
        #expect(sentence.hasPrefix("gatehouse: The workers of the pool "))
        #expect(sentence.hasSuffix("the log says why."))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: service.sample.folder.path)
                .allSatisfy { !$0.hasSuffix(".sock") })
    }

    @Test func `a second supervisor is refused, and the first goes on`() throws {
        let first = try RunningService()
        try first.line("Ready.")

        let second = try RunningService(first.sample)
        #expect(try second.end() == 1)

        #expect(second.lines.count == 1)
        #expect(second.lines.first?.contains("Another gatehouse serves") == true)
        #expect(try first.ask(.web, "hello") == "hello")
    }

    @Test func `the sockets of a dead supervisor are taken over`() throws {
        let dead = try RunningService()
        try dead.line("Ready.")
        dead.send(SIGKILL)
        dead.process.waitUntilExit()
        #expect(FileManager.default.fileExists(atPath: dead.sample.folder.path + "/web.sock"))

        let service = try RunningService(dead.sample)
        try service.line("Ready.")

        #expect(try service.ask(.web, "hello") == "hello")
    }

    @Test func `what is no socket of ours is not removed`() throws {
        let sample = try SettingsSample()
        try sample.folder.write("gate.sock", "a letter")

        let service = try RunningService(sample)
        #expect(try service.end() == 1)

        #expect(service.lines.last?.contains("gate.sock could not be bound") == true)
        #expect(FileManager.default.fileExists(atPath: sample.folder.path + "/gate.sock"))
    }

    // Deaths

    @Test func `a killed worker is replaced at once, and the log says why`() throws {
        let service = try RunningService()
        try service.line("Ready.")
        let generations = try SharedCounters(
            path: service.sample.folder.path + "/generations", count: 8)
        #expect(generations.load(3) == 0)
        let first = try #require(Int32(try service.ask(.gate, "pid")))

        kill(first, SIGKILL)

        let death = try service.line("Worker died.")
        #expect(death["ending"] as? String == "signal 9 (Killed)")
        #expect(death["worker_pid"] as? Int32 == first)
        #expect(death["restart_in_ms"] as? Int == 0)
        try service.line("Worker ready.")
        #expect(try service.ask(.gate, "pid") != String(first))
        #expect(generations.load(3) == 1, "everything that workers remember is out of date")
    }

    @Test func `a worker that dies young again and again waits longer each time`() throws {
        let service = try RunningService()
        try service.line("Ready.")

        var waits: [Int] = []
        for _ in 0..<4 {
            try service.conversation(.web).say("crash 3")
            let death = try service.line("Worker died.")
            #expect(death["ending"] as? String == "exit status 3")
            waits.append(try #require(death["restart_in_ms"] as? Int))
            try service.line("Worker ready.")
        }

        #expect(waits == [0, 100, 200, 400])
    }

    @Test func `what a worker counted survives it`() throws {
        let service = try RunningService()
        try service.line("Ready.")
        #expect(try service.ask(.web, "count") == "counted")
        let pid = try #require(Int32(try service.ask(.web, "pid")))

        kill(pid, SIGKILL)
        try service.line("Worker died.")
        try service.line("Worker ready.")
        #expect(try service.ask(.web, "count") == "counted")

        let text = try ServiceMetrics(path: service.sample.folder.path + "/metrics", slot: 0)
            .exposition()
        #expect(text.contains(#"gatehouse_requests_total{pool="web",status="2xx"} 2"#))
        #expect(text.contains(#"gatehouse_workers{pool="web"} 1"#))
        #expect(text.contains(#"gatehouse_worker_restarts_total{pool="web"} 1"#))
    }

    @Test func `no worker outlives a supervisor that was killed`() throws {
        let service = try RunningService()
        try service.line("Ready.")
        let conversations = try [service.conversation(.web), service.conversation(.gate)]
        for conversation in conversations { #expect(try conversation.ask("hello") == "hello") }

        service.send(SIGKILL)

        for conversation in conversations { #expect(try conversation.hear() == nil) }
        // Their ends of the log are closed too.
        _ = try service.end()
    }

    // Reload

    @Test func `a reload brings new workers without a gap`() throws {
        let service = try RunningService(
            settings: ["brand_name": "One", "gate_processes": 2])
        try service.line("Ready.")
        #expect(try service.ask(.gate, "brand") == "One")
        let isOver = Atomic<Bool>(false)
        let asked = Atomic<Int>(0)
        let failures = Mutex<[String]>([])
        let path = service.sample.folder.path + "/gate.sock"
        let callers = DispatchGroup()
        for _ in 0..<4 {
            // Threads of their own: the tests' own may all be taken.
            callers.enter()
            Thread.detachNewThread {
                while !isOver.load(ordering: .acquiring) {
                    do {
                        let answer = try Conversation(path).ask("hello")
                        if answer != "hello" { failures.withLock { $0.append(answer) } }
                    } catch {
                        failures.withLock { $0.append("\(error)") }
                    }
                    asked.add(1, ordering: .relaxed)
                }
                callers.leave()
            }
        }

        for brand in ["Two", "Three"] {
            try service.write(["brand_name": brand, "gate_processes": 2])
            service.send(SIGHUP)
            try service.line("Reloaded.")
            for _ in 0..<3 { try service.line("Worker finished.") }
            #expect(try service.ask(.gate, "brand") == brand)
            #expect(try service.ask(.web, "brand") == brand)
        }
        isOver.store(true, ordering: .releasing)
        callers.wait()

        #expect(failures.withLock { $0 } == [])
        #expect(asked.load(ordering: .relaxed) > 0)
    }

    @Test func `a reload lets a request in progress finish`() throws {
        let service = try RunningService()
        try service.line("Ready.")
        let conversation = try service.conversation(.web)
        let old = try conversation.ask("pid")

        service.send(SIGHUP)
        try service.line("Reloaded.")

        #expect(try conversation.ask("pid") == old)
        // Until the signal has reached it, the old one may take a new connection too.
        while try service.ask(.web, "pid") == old {}
        #expect(try conversation.ask("pid") == old)
    }

    @Test func `a reload with wrong settings changes nothing`() throws {
        let service = try RunningService(settings: ["brand_name": "One"])
        try service.line("Ready.")
        let pid = try service.ask(.web, "pid")

        try service.write(["web_threads": "many"])
        service.send(SIGHUP)

        let refusal = try service.line("Reload refused, everything stays as it was.")
        #expect((refusal["error"] as? String)?.contains("GATEHOUSE_WEB_THREADS must") == true)
        #expect(try service.ask(.web, "pid") == pid)
    }

    @Test func `a settings file that breaks does not keep a dead worker away`() throws {
        let service = try RunningService(settings: ["brand_name": "One"])
        try service.line("Ready.")
        try service.sample.folder.write("settings.json", "{ broken")

        try service.conversation(.web).say("crash 3")
        try service.line("Worker died.")
        try service.line("Worker ready.")

        #expect(try service.ask(.web, "brand") == "One")
    }

    @Test(arguments: ["broken", "crashing"])
    func `a reload whose workers cannot start keeps the present ones`(_ brand: String) throws {
        let service = try RunningService(settings: ["brand_name": "One"])
        try service.line("Ready.")
        let pid = try service.ask(.web, "pid")

        try service.write(["brand_name": brand])
        service.send(SIGHUP)
        try service.line("Reload failed, the present workers stay.")
        #expect(try service.ask(.web, "pid") == pid)

        try service.write(["brand_name": "Two"])
        service.send(SIGHUP)
        try service.line("Reloaded.")
        while try service.ask(.web, "brand") != "Two" {}
    }

    @Test func `the folder of the sockets cannot be moved by a reload`() throws {
        var sample = try SettingsSample()
        sample.environment["GATEHOUSE_RUNTIME_DIRECTORY"] = nil
        let service = try RunningService(
            sample, settings: ["runtime_directory": sample.folder.path])
        try service.line("Ready.")

        try service.write(["runtime_directory": "/tmp"])
        service.send(SIGHUP)

        let refusal = try service.line("Reload refused, everything stays as it was.")
        #expect((refusal["error"] as? String)?.contains("restart") == true)
    }

    // The end

    @Test(arguments: [SIGTERM, SIGINT])
    func `a stop lets a request in progress finish`(_ signal: Int32) throws {
        let service = try RunningService()
        try service.line("Ready.")
        let conversation = try service.conversation(.web)
        let pid = try conversation.ask("pid")

        service.send(signal)
        try service.line("Stopping.")
        // The gate's worker has nothing to do and is gone, so the signal has arrived everywhere.
        try service.line("Worker finished.")
        #expect(try conversation.ask("pid") == pid)
        withExtendedLifetime(conversation) {}
    }

    @Test func `a stop ends with status 0 and leaves no socket`() throws {
        let service = try RunningService()
        try service.line("Ready.")

        service.send(SIGTERM)

        #expect(try service.end() == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: service.sample.folder.path)
        #expect(left.allSatisfy { !$0.hasSuffix(".sock") })
    }

    @Test func `a request that does not end is cut off two seconds after the time to drain`() throws
    {
        let service = try RunningService(environment: ["GATEHOUSE_DRAIN_SECONDS": "0"])
        try service.line("Ready.")
        let conversation = try service.conversation(.web)
        #expect(try conversation.ask("hello") == "hello")

        let start = ContinuousClock.now
        service.send(SIGTERM)
        #expect(try conversation.hear() == nil)
        #expect(try service.end() == 0)

        let took = ContinuousClock.now - start
        #expect(took >= .milliseconds(1900))
        #expect(took < .seconds(10))
    }

    @Test func `a second signal stops at once`() throws {
        let service = try RunningService(environment: ["GATEHOUSE_DRAIN_SECONDS": "300"])
        try service.line("Ready.")
        let conversation = try service.conversation(.web)
        #expect(try conversation.ask("hello") == "hello")

        service.send(SIGTERM)
        try service.line("Worker finished.")
        service.send(SIGTERM)

        try service.line("Stopping at once.")
        #expect(try conversation.hear() == nil)
        #expect(try service.end() == 0)
    }

    @Test func `a stop before anything is ready is a stop too`() throws {
        let service = try RunningService()
        try service.line("Worker started.")

        service.send(SIGTERM)

        #expect(try service.end() == 0)
    }

    // The service manager

    @Test func `the service manager hears of each change`() throws {
        let sample = try SettingsSample()
        let manager = try NotifySocket(sample.folder.path + "/notify.sock")
        let service = try RunningService(
            sample, environment: ["NOTIFY_SOCKET": manager.path])

        #expect(try manager.next() == "READY=1")

        service.send(SIGHUP)
        let reloading = try manager.next()
        #expect(reloading.wholeMatch(of: /RELOADING=1\nMONOTONIC_USEC=\d+/) != nil)
        #expect(try manager.next() == "READY=1")

        service.send(SIGTERM)
        #expect(try manager.next() == "STOPPING=1")
    }

    @Test func `a watchdog hears of us by itself`() throws {
        let sample = try SettingsSample()
        let manager = try NotifySocket(sample.folder.path + "/notify.sock")
        let service = try RunningService(
            sample,
            environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "100000"])

        var heard: [String] = []
        while heard.count < 6 { heard.append(try manager.next()) }

        #expect(heard.count { $0 == "WATCHDOG=1" } >= 3)
        withExtendedLifetime(service) {}
    }
}
