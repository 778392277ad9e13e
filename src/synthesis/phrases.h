// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace parley::synthesis {

/// How long phrases may be, in characters; a second of speech is about 14.
struct PhraseLimits {
  std::size_t minimum = 8;    ///< A shorter fragment joins its neighbour: it would be spoken badly.
  std::size_t first = 60;     ///< The first phrase, which the listener waits for: 30 ms for each 14 of them.
  std::size_t longest = 160;  ///< Any later one.
  /// A later phrase may be so many times as long as the one before it, for while that one plays, this one is begun.
  double growth = 4.0;
};

/// What was right for an engine that gives whole phrases, at half of real time.
inline constexpr PhraseLimits kLimitsForWholePhrases{.first = 40, .growth = 2.0};

/// Cuts a translation into phrases for synthesis, the first one short, so that it is heard soon. Cuts at ends of
/// sentences, then of clauses, then between words (rather before a preposition or conjunction than after one); never
/// inside a word, nor after an abbreviation. The phrases joined by spaces are the text with its space normalised:
/// nothing is lost. None for an empty text. UTF-8. Any thread.
std::vector<std::string> split_phrases(std::string_view text, const PhraseLimits& limits = {});

/// The silence that belongs between a phrase and the next, by the mark that it ends with: 60 ms inside a clause, 120 ms
/// after a clause, 230 ms after a sentence; less the 65 ms that spoken phrases bring along (SpeechShape). UTF-8.
milliseconds pause_after(std::string_view phrase);

}  // namespace parley::synthesis
