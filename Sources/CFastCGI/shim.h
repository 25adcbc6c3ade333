#include <fcgiapp.h>
#include <pthread.h>
// Glibc's Swift module lacks epoll.
#include <sys/epoll.h>

// Glibc's Swift module is built without _GNU_SOURCE, which hides these two.
extern int memfd_create(const char *name, unsigned int flags);
extern int pthread_setname_np(pthread_t thread, const char *name);
