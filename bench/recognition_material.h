// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::bench {

/// Somebody says a text.
struct Spoken {
  std::string name;
  std::string text;
  std::vector<std::int16_t> samples;
};

/// The 75 telephone prompts of data/prompts-en.tsv, read by a person. Ends the program when one is missing.
std::vector<Spoken> english_prompts();

/// The 20 sentences of data/spoken-sentences-pt.txt, spoken by each of three voices of Kokoro. There is no free
/// recording of Portuguese on a telephone at hand. The speech is kept in the cache, so that only the first run waits
/// for it.
std::vector<Spoken> portuguese_sentences();

/// One utterance of at least so many seconds, with pauses as between sentences.
Spoken joined(std::span<const Spoken> parts, std::size_t seconds);

/// A text as it is compared, word by word.
std::string comparable(std::string_view language, std::string_view text);

}  // namespace parley::bench
