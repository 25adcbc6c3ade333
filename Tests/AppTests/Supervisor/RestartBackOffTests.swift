import Testing

@testable import App

@Suite struct RestartBackOffTests {
    @Test func `the first death is answered at once`() {
        var backOff = RestartBackOff()

        #expect(backOff.delay(afterLiving: .zero) == .zero)
    }

    @Test func `young deaths wait longer, up to ten seconds`() {
        var backOff = RestartBackOff()

        let delays = (0..<12).map { _ in backOff.delay(afterLiving: .milliseconds(5)) }

        #expect(delays == delays.sorted())
        #expect(
            delays[0...3] == [.zero, .milliseconds(100), .milliseconds(200), .milliseconds(400)])
        #expect(delays[8...11].allSatisfy { $0 == .seconds(10) })
    }

    @Test func `a worker that did its work is answered at once again`() {
        var backOff = RestartBackOff()
        for _ in 0..<5 { _ = backOff.delay(afterLiving: .zero) }

        #expect(backOff.delay(afterLiving: .seconds(10)) == .zero)
        #expect(backOff.delay(afterLiving: .zero) == .milliseconds(100))
    }

    @Test func `a thousand deaths do not overflow`() {
        var backOff = RestartBackOff()

        for _ in 0..<1000 { _ = backOff.delay(afterLiving: .zero) }

        #expect(backOff.delay(afterLiving: .zero) == .seconds(10))
    }
}
