// SPDX-License-Identifier: GPL-3.0-or-later
// Counts every allocation of the process, and those of each thread. For one source file of a program of its own.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdlib>

namespace {
std::atomic<std::size_t> allocations{0};
thread_local std::size_t allocations_here = 0;  ///< By this thread,
thread_local std::size_t frees_here = 0;        ///< which also freed so much.

void count_allocation() {
  ++allocations;
  ++allocations_here;
}
}  // namespace

// glibc's own names for its allocator; operator new and Asio come through these.
extern "C" {
void* __libc_malloc(std::size_t);
void* __libc_calloc(std::size_t, std::size_t);
void* __libc_realloc(void*, std::size_t);
void* __libc_memalign(std::size_t, std::size_t);

void __libc_free(void*);

void* malloc(std::size_t size) {
  count_allocation();
  return __libc_malloc(size);
}
void free(void* memory) {
  if (memory != nullptr) ++frees_here;
  __libc_free(memory);
}
void* calloc(std::size_t count, std::size_t size) {
  count_allocation();
  return __libc_calloc(count, size);
}
void* realloc(void* memory, std::size_t size) {
  count_allocation();
  return __libc_realloc(memory, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  count_allocation();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) {
  count_allocation();
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? 12 : 0;
}
}
