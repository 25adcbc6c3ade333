private import COpenSSL

/// The named values that a public key is made of, as `EVP_PKEY_fromdata` takes them.
///
/// OSSL_PARAM(3): "key" and "data" are pointers, nothing is copied. So names and values are copied
/// into memory that this object owns and frees.
@safe
final class KeyParameters {
    private var list: [OSSL_PARAM]
    private var buffers: [UnsafeMutableRawBufferPointer]

    init() {
        unsafe list = []
        unsafe buffers = []
    }

    deinit {
        unsafe buffers.forEach { unsafe $0.deallocate() }
    }

    func add(_ name: String, text: String) {
        let value = unsafe copy(Array(text.utf8) + [0])
        unsafe list.append(
            OSSL_PARAM_construct_utf8_string(
                copied(name), value.assumingMemoryBound(to: CChar.self).baseAddress, 0))
    }

    func add(_ name: String, octets: [UInt8]) {
        let value = unsafe copy(octets)
        unsafe list.append(
            OSSL_PARAM_construct_octet_string(copied(name), value.baseAddress, value.count))
    }

    /// Adds a number given in big-endian bytes.
    func add(_ name: String, number: [UInt8]) {
        // OSSL_PARAM_INT(3), of numbers of any size: the data is in the machine's own byte order.
        #if _endian(little)
            let value = unsafe copy(number.reversed())
        #else
            let value = unsafe copy(number)
        #endif
        unsafe list.append(
            OSSL_PARAM_construct_BN(
                copied(name), value.assumingMemoryBound(to: UInt8.self).baseAddress, value.count))
    }

    /// Makes the public key that the values describe.
    func makePublicKey(type: String) throws(OpenSSLError) -> KeyHandle {
        guard let context = unsafe EVP_PKEY_CTX_new_from_name(nil, type, nil) else {
            throw .drained(after: "EVP_PKEY_CTX_new_from_name")
        }
        defer { unsafe EVP_PKEY_CTX_free(context) }
        guard unsafe EVP_PKEY_fromdata_init(context) == 1 else {
            throw .drained(after: "EVP_PKEY_fromdata_init")
        }
        var list = unsafe list + [OSSL_PARAM_construct_end()]
        var key: OpaquePointer?
        let result = withExtendedLifetime(self) {
            unsafe EVP_PKEY_fromdata(context, &key, gatehouse_public_key, &list)
        }
        // The handle frees a key that was made by half, too.
        let handle = try unsafe KeyHandle(adopting: key, from: "EVP_PKEY_fromdata")
        guard result == 1 else { throw .drained(after: "EVP_PKEY_fromdata") }
        return handle
    }

    private func copied(_ name: String) -> UnsafePointer<CChar>? {
        let bytes = unsafe copy(Array(name.utf8) + [0])
        return unsafe UnsafePointer(bytes.assumingMemoryBound(to: CChar.self).baseAddress)
    }

    private func copy(_ bytes: [UInt8]) -> UnsafeMutableRawBufferPointer {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        unsafe buffer.copyBytes(from: bytes)
        unsafe buffers.append(buffer)
        return unsafe buffer
    }
}
