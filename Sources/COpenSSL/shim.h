#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
// The padding of RSA signatures.
#include <openssl/rsa.h>
// TLS towards others.
#include <openssl/ssl.h>
// PKCS#8 private keys, in and out.
#include <openssl/x509.h>

// EVP_PKEY_Q_keygen is variadic, which Swift cannot call.
static inline EVP_PKEY *gatehouse_generate_p256(void) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
}

// As above.
static inline EVP_PKEY *gatehouse_generate_rsa(size_t bits) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", bits);
}

// A macro made of other macros, which Swift does not import.
static const int gatehouse_public_key = EVP_PKEY_PUBLIC_KEY;

// Macros over SSL_CTX_ctrl and SSL_ctrl, which Swift does not import.
static inline int gatehouse_require_tls_1_2(SSL_CTX *context) {
    return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1;
}

static inline int gatehouse_name_server(SSL *connection, const char *host) {
    return SSL_set_tlsext_host_name(connection, host) == 1;
}
