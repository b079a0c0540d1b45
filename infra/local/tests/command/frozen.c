/* The clocks of a process that was suspended for as many seconds as the file in SUSPENDED says: the wall
 * clock has counted them, and the monotonic clock has not. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long suspended(void) {
    const char *path = getenv("SUSPENDED");
    int file = path ? open(path, O_RDONLY) : -1;
    if (file < 0) {
        return 0;
    }
    char text[16] = {0};
    ssize_t read_bytes = read(file, text, sizeof text - 1);
    close(file);
    return read_bytes > 0 ? atol(text) : 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) {
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    }
    int result = real(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME) {
        now->tv_sec += suspended();
    }
    return result;
}
