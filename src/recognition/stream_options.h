// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace parley::recognition {

/// How an utterance is heard while it grows.
struct StreamOptions {
  /// Longer speech is cut at a pause between settled words as soon as there is one, so that a hypothesis costs no more
  /// at the end of a long utterance than here. 4 s or more; zero: it is cut only where the model can hear no more.
  std::chrono::milliseconds cut_after{8'000};

  /// Settled words are given to the model, which then only writes what follows them.
  bool keep_settled = true;
};

}  // namespace parley::recognition
