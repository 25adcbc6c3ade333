private import COpenSSL
private import Glibc

/// The address of a host: four bytes (IPv4) or sixteen (IPv6).
package struct NetworkAddress: Hashable, Sendable {
    package let bytes: [UInt8]

    /// Nil for another number of bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// All addresses of a name, or the one that it spells; as the host's resolver knows them.
    package static func lookUp(_ host: String) throws(OpenSSLError) -> [NetworkAddress] {
        OpenSSLError.forget()
        var list: OpaquePointer?
        // BIO_lookup_ex(3): the service may be NULL, and then the port is 0.
        guard
            unsafe BIO_lookup_ex(
                host, nil, Int32(BIO_LOOKUP_CLIENT.rawValue), AF_UNSPEC,
                Int32(SOCK_STREAM.rawValue), 0, &list) == 1
        else { throw .drained(after: "BIO_lookup_ex") }
        defer { unsafe BIO_ADDRINFO_free(list) }
        var addresses: [NetworkAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            var bytes = [UInt8](repeating: 0, count: 16)
            var count = bytes.count
            // BIO_ADDR_rawaddress(3): in network byte order.
            let result = unsafe bytes.withUnsafeMutableBytes { buffer in
                unsafe BIO_ADDR_rawaddress(
                    BIO_ADDRINFO_address(entry), buffer.baseAddress, &count)
            }
            if result == 1, let address = NetworkAddress(bytes: Array(bytes.prefix(count))),
                !addresses.contains(address)
            {
                addresses.append(address)
            }
            unsafe next = BIO_ADDRINFO_next(entry)
        }
        return addresses
    }
}

extension NetworkAddress {
    /// Whether it is a place on the public internet: none of this host, of this network, of a private one, and no
    /// address that stands for one of those (IANA's registries of special-purpose addresses, RFC 6890).
    package var isPublic: Bool {
        if bytes.count == 4 { return Self.isPublic(ipv4: bytes[...]) }
        // ::ffff:0:0/96 and 64:ff9b::/96 (RFC 6052) hold an IPv4 address at their end.
        let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]
        let translated: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]
        if bytes.starts(with: mapped) || bytes.starts(with: translated) {
            return Self.isPublic(ipv4: bytes.suffix(4))
        }
        // RFC 4291 §2.4: global unicast is 2000::/3; of it not 2001::/23, documentation and 6to4.
        return bytes[0] & 0xE0 == 0x20
            && !(bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] & 0xFE == 0)
            && !bytes.starts(with: [0x20, 0x01, 0x0D, 0xB8])
            && !bytes.starts(with: [0x20, 0x02])
            && !(bytes[0] == 0x3F && bytes[1] == 0xFF && bytes[2] & 0xF0 == 0)
    }

    private static func isPublic(ipv4 bytes: ArraySlice<UInt8>) -> Bool {
        let address = bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        return !special.contains { address >> (32 - $0.bits) == $0.prefix >> (32 - $0.bits) }
    }

    private static let special: [(prefix: UInt32, bits: UInt32)] = [
        (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8),
        (0xA9FE_0000, 16), (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24),
        (0xC058_6300, 24), (0xC0A8_0000, 16), (0xC612_0000, 15), (0xC633_6400, 24),
        (0xCB00_7100, 24), (0xE000_0000, 3),
    ]
}
