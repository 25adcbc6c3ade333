#include <fcgiapp.h>
// Glibc's Swift module lacks epoll.
#include <sys/epoll.h>
