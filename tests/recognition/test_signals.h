// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

namespace parley::recognition::test {

using Samples = std::vector<std::int16_t>;

inline constexpr std::size_t kSecond = 16000;

inline Samples silence(std::size_t count) { return Samples(count, 0); }

inline Samples tone(std::size_t count, double amplitude, double hz = 300.0) {
  Samples samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    samples[i] =
        static_cast<std::int16_t>(amplitude * std::sin(2.0 * std::numbers::pi * hz * static_cast<double>(i) / 16000.0));
  }
  return samples;
}

/// -1…1, the same every time.
class Noise {
 public:
  double next() {
    state_ = (1103515245U * state_ + 12345U) % (1U << 31U);
    return static_cast<double>(state_) / static_cast<double>(1U << 30U) - 1.0;
  }

 private:
  std::uint32_t state_ = 1;
};

inline Samples noise(std::size_t count, double amplitude) {
  Noise source;
  Samples samples(count);
  for (auto& sample : samples) sample = static_cast<std::int16_t>(amplitude * source.next());
  return samples;
}

inline Samples operator+(Samples first, const Samples& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

/// Something the level of which moves like speech: bursts of 0.2 s with pauses of 0.1 s.
inline Samples babble(std::size_t count, double amplitude = 8000.0) {
  Samples samples = tone(count, amplitude);
  for (std::size_t i = 0; i < count; ++i) {
    if (i % 4800 >= 3200) samples[i] = 0;
  }
  return samples;
}

}  // namespace parley::recognition::test
