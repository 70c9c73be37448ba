#include <stint/tls_errors.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>

namespace stint {

namespace {

long before_io(BIO*, int what, const char*, std::size_t, int, long, int result, std::size_t*) {
  if (what == BIO_CB_READ || what == BIO_CB_WRITE)
    ::ERR_clear_error();
  return result;
}

/// CAF shows its sessions to nobody; but each has a socket's BIO, and OpenSSL calls this for each BIO that it makes.
void bio_made(void* bio, void*, CRYPTO_EX_DATA*, int, long, void*) {
  if (auto* b = static_cast<BIO*>(bio); ::BIO_method_type(b) == BIO_TYPE_SOCKET)
    ::BIO_set_callback_ex(b, &before_io);
}

} // namespace

void clear_tls_errors_before_io() {
  static const int index = BIO_get_ex_new_index(0, nullptr, &bio_made, nullptr, nullptr);
  static_cast<void>(index);
}

} // namespace stint
