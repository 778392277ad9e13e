// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <type_traits>

namespace parley {

/// A ring of trivially copyable values between exactly one writing and one reading thread. Neither side ever waits,
/// locks or allocates; the memory is taken once, at construction.
template <typename T>
  requires std::is_trivially_copyable_v<T>
class SpscRing {
 public:
  /// Holds at least `capacity` values (rounded up to a power of two).
  explicit SpscRing(std::size_t capacity)
      : size_(std::bit_ceil(std::max<std::size_t>(capacity, 1))), values_(std::make_unique_for_overwrite<T[]>(size_)) {}

  std::size_t capacity() const { return size_; }

  /// Values waiting to be read: at least these on the reading thread, at most these on any other. Reading is looked at
  /// first: the other way round a third thread could see more read than written.
  std::size_t size() const {
    const std::size_t read = read_.load(std::memory_order_acquire);
    return write_.load(std::memory_order_acquire) - read;
  }

  /// Writing thread only.
  std::size_t free_space() const { return size_ - size(); }

  /// Writes as many of `values` as fit and says how many. Writing thread only.
  std::size_t write(std::span<const T> values) {
    const std::size_t write = write_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(values.size(), size_ - (write - read_.load(std::memory_order_acquire)));
    copy_in(write, values.first(count));
    write_.store(write + count, std::memory_order_release);
    return count;
  }

  bool push(const T& value) { return write(std::span(&value, 1)) == 1; }

  /// Reads up to `out.size()` values and says how many. Reading thread only.
  std::size_t read(std::span<T> out) {
    const std::size_t read = read_.load(std::memory_order_relaxed);
    const std::size_t count = std::min(out.size(), write_.load(std::memory_order_acquire) - read);
    copy_out(read, out.first(count));
    read_.store(read + count, std::memory_order_release);
    return count;
  }

  bool pop(T& value) { return read(std::span(&value, 1)) == 1; }

  /// The oldest value, or null when empty; stays valid until it is popped. Reading thread only.
  const T* front() const {
    const std::size_t read = read_.load(std::memory_order_relaxed);
    return write_.load(std::memory_order_acquire) == read ? nullptr : &values_[read & (size_ - 1)];
  }

  /// Drops everything that was written so far. Reading thread only.
  std::size_t clear() {
    const std::size_t write = write_.load(std::memory_order_acquire);
    return write - read_.exchange(write, std::memory_order_release);
  }

 private:
  void copy_in(std::size_t position, std::span<const T> values) {
    const std::size_t at = position & (size_ - 1);
    const std::size_t head = std::min(values.size(), size_ - at);
    std::copy_n(values.data(), head, &values_[at]);
    std::copy_n(values.data() + head, values.size() - head, &values_[0]);
  }

  void copy_out(std::size_t position, std::span<T> out) const {
    const std::size_t at = position & (size_ - 1);
    const std::size_t head = std::min(out.size(), size_ - at);
    std::copy_n(&values_[at], head, out.data());
    std::copy_n(&values_[0], out.size() - head, out.data() + head);
  }

  const std::size_t size_;
  const std::unique_ptr<T[]> values_;
  alignas(64) std::atomic<std::size_t> write_{0};
  alignas(64) std::atomic<std::size_t> read_{0};
};

}  // namespace parley
