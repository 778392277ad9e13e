// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "vocoder/generator.h"

namespace parley::vocoder {

/// How a phrase is cut into windows, in frames of 12.5 ms. The first ones are short, so that sound comes soon; later
/// ones long, so that little is computed twice. What lies beside a window is computed with it and thrown away: the
/// generator hears about 90 ms to both sides, nearly all of it within these contexts (wider ones change nothing that
/// was measured).
struct WindowPolicy {
  std::array<std::size_t, 3> first{16, 24, 40};
  std::size_t steady = 80;
  std::size_t left_context = 3;
  std::size_t right_context = 2;
  std::size_t crossfade_samples = 120;  ///< 5 ms; at most the right context.
  std::size_t least = 24;               ///< A rest shorter than that is done with the window before it.

  /// The longest stretch the generator is asked for.
  std::size_t max_frames() const { return steady + least + left_context + right_context; }
};

/// A phrase's sound, window after window. One thread at a time.
class WindowedRun {
 public:
  /// Sounds the frames from `begin` to `end` of the phrase; what lies beside them is context. The generator, which must
  /// take policy.max_frames(), is borrowed until the run is over; the phrase's spans must live as long.
  WindowedRun(Generator& generator, const Stretch& phrase, std::size_t begin, std::size_t end,
              const WindowPolicy& policy = {});

  /// The next window's samples (kSampleRate), valid until the next call; empty at the end. Allocates nothing.
  std::span<const float> next(const Conditioning& conditioning);

  /// The first frame that is not sounded yet.
  std::size_t position() const { return position_; }

 private:
  std::size_t window_end() const;

  Generator& generator_;
  const Stretch phrase_;
  const std::size_t end_;
  const WindowPolicy policy_;
  std::size_t position_;
  std::size_t window_ = 0;  ///< Windows done.
  std::vector<float> samples_;
  std::vector<float> tail_;  ///< What the window before sounds like where this one begins; empty at first.
};

}  // namespace parley::vocoder
