// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>

namespace parley::media {

/// A queue of at most `Capacity` values that never allocates. One thread at a time.
template <typename T, std::size_t Capacity>
class FixedQueue {
 public:
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == Capacity; }
  std::size_t size() const { return size_; }

  /// Puts a value behind the others; says no when there is no room.
  bool push(const T& value) {
    if (full()) return false;
    values_[(first_ + size_) % Capacity] = value;
    ++size_;
    return true;
  }

  /// The oldest value, which leaves.
  std::optional<T> pop() {
    if (empty()) return std::nullopt;
    std::optional<T> value(values_[first_]);
    first_ = (first_ + 1) % Capacity;
    --size_;
    return value;
  }

 private:
  std::array<T, Capacity> values_{};
  std::size_t first_ = 0;
  std::size_t size_ = 0;
};

}  // namespace parley::media
