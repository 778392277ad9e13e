// SPDX-License-Identifier: GPL-3.0-or-later
// Counts what each thread may wait for: mutexes, reader-writer locks, conditions. For one source file of a program of
// its own.
#pragma once

#include <dlfcn.h>
#include <pthread.h>
#include <cstddef>
#include <ctime>

namespace {

thread_local std::size_t locks_here = 0;  ///< By this thread.

template <typename Function>
Function next_of(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

}  // namespace

// They stand before glibc's own, which they call.
#define PARLEY_COUNTED_LOCK(name, parameters, arguments)        \
  int name parameters noexcept(noexcept(::name arguments)) {    \
    static const auto real = next_of<int(*) parameters>(#name); \
    ++locks_here;                                               \
    return real arguments;                                      \
  }

extern "C" {
PARLEY_COUNTED_LOCK(pthread_mutex_lock, (pthread_mutex_t * mutex), (mutex))
PARLEY_COUNTED_LOCK(pthread_mutex_trylock, (pthread_mutex_t * mutex), (mutex))
PARLEY_COUNTED_LOCK(pthread_mutex_timedlock, (pthread_mutex_t * mutex, const timespec* time), (mutex, time))
PARLEY_COUNTED_LOCK(pthread_mutex_clocklock, (pthread_mutex_t * mutex, clockid_t clock, const timespec* time),
                    (mutex, clock, time))
PARLEY_COUNTED_LOCK(pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
PARLEY_COUNTED_LOCK(pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
PARLEY_COUNTED_LOCK(pthread_cond_wait, (pthread_cond_t * condition, pthread_mutex_t* mutex), (condition, mutex))
PARLEY_COUNTED_LOCK(pthread_cond_timedwait, (pthread_cond_t * condition, pthread_mutex_t* mutex, const timespec* time),
                    (condition, mutex, time))
PARLEY_COUNTED_LOCK(pthread_cond_clockwait,
                    (pthread_cond_t * condition, pthread_mutex_t* mutex, clockid_t clock, const timespec* time),
                    (condition, mutex, clock, time))
}

#undef PARLEY_COUNTED_LOCK
