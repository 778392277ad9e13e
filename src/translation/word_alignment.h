// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace parley::translation {

/// What white space separates, with the marks written on it.
std::vector<std::string_view> spaced_words(std::string_view text);

/// The words [begin, end) of a text that a word of its rewritten form stands for; empty for a word that was put in.
struct WordRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// Which words of `before` each word of `after` comes from, when most words are in both in the same order: equal words
/// (without case and marks) by their longest common subsequence, and what changed between two of them as a whole.
std::vector<WordRange> trace_words(std::string_view before, std::string_view after);

/// Where the place before word `place` of a text is in a text that was rewritten: the place before which the letters
/// are most like those before the old one (the fewest put in and taken out), the nearest of several.
std::size_t place_in(std::string_view before, std::size_t place, std::string_view after);

/// A target word and the source word it was translated from, counted from 0.
struct AlignedWord {
  std::string text;
  std::optional<std::size_t> source;  ///< Nothing where it is not known.
};

/// Pieces of words: by piece, 1 where a space stands before it.
using PieceStarts = std::vector<std::uint8_t>;

/// Where every target word looks in the source. `attention`: [target pieces][source pieces + 1], the end mark last;
/// each row sums to 1. A word looks where the sum of its pieces' attention is largest, the end mark not counted.
/// Nothing when the pieces do not make `target`'s words or source words as many as `source_words`.
std::vector<AlignedWord> align_words(std::string_view target, std::size_t source_words,
                                     const PieceStarts& target_pieces, const PieceStarts& source_pieces,
                                     std::span<const float> attention);

}  // namespace parley::translation
