import OpenSSL
import Testing

/// Which addresses are places on the public internet (security 109).
@Suite struct NetworkAddressTests {
    private func address(_ text: String) throws -> NetworkAddress {
        let found = try NetworkAddress.lookUp(text)
        return try #require(found.first, "\(text)")
    }

    @Test(arguments: [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255",
        "127.0.0.1", "127.1", "0x7f.1", "2130706433", "017700000001", "169.254.169.254",
        "172.16.0.1", "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
        "239.255.255.255", "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1",
        "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::7f00:1", "64:ff9b::a00:1", "::127.0.0.1",
        "64:ff9b:1::1", "100::1", "fc00::1", "fd00::1", "fe80::1", "febf::1", "fec0::1", "ff02::1",
        "2001::1", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1",
    ])
    func `an address of this host, of a private network or of none`(_ text: String) throws {
        #expect(try !address(text).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0", "169.253.255.255", "172.15.255.255", "172.32.0.0",
        "192.167.255.255", "192.169.0.0", "223.255.255.255", "2606:4700:4700::1111",
        "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:4860:4860::8888",
    ])
    func `an address of the public internet`(_ text: String) throws {
        #expect(try address(text).isPublic)
    }

    @Test func `every address of a name is told`() throws {
        let found = try NetworkAddress.lookUp("localhost")

        #expect(!found.isEmpty && found.allSatisfy { !$0.isPublic })
        #expect(Set(found).count == found.count)
        #expect(throws: OpenSSLError.self) { try NetworkAddress.lookUp("nowhere.invalid") }
    }
}
