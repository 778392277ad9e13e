// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

namespace parley::recognition {

/// How an utterance is heard while it grows.
struct StreamOptions {
  /// Longer speech is cut at a pause between settled words as soon as there is one, so that a hypothesis costs no more
  /// at the end of a long utterance than here. 4 s or more; zero: it is cut only where the model can hear no more.
  std::chrono::milliseconds cut_after{8'000};

  /// The model reads what it heard a moment ago at once and only decodes what is new. The text is the same.
  bool draft = true;
};

}  // namespace parley::recognition
