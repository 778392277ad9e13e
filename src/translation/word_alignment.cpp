// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/word_alignment.h"

#include <algorithm>
#include <numeric>

#include "translation/text.h"

namespace parley::translation {
namespace {

std::string letters_of(std::string_view word) {
  std::string letters = fold(word);
  std::erase(letters, ' ');
  return letters;
}

/// How many letters must be put in and taken out to make a text of another, which grows.
class LettersApart {
 public:
  explicit LettersApart(std::string_view text) : text_(text), row_(text.size() + 1) {
    std::iota(row_.begin(), row_.end(), std::size_t{0});
  }
  void append(std::string_view letters) {
    for (const char letter : letters) {
      std::size_t diagonal = row_[0]++;
      for (std::size_t i = 0; i < text_.size(); ++i) {
        const std::size_t replaced = diagonal + (text_[i] == letter ? 0 : 2);
        diagonal = row_[i + 1];
        row_[i + 1] = std::min({replaced, row_[i] + 1, diagonal + 1});
      }
    }
  }
  std::size_t distance() const { return row_.back(); }

 private:
  std::string_view text_;
  std::vector<std::size_t> row_;  ///< By length of the text's beginning.
};

std::vector<std::string> folded(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : spaced_words(text)) words.push_back(fold(word));
  return words;
}

/// lengths[i][j]: of the longest common subsequence of before[i..] and after[j..].
class CommonWords {
 public:
  CommonWords(const std::vector<std::string>& before, const std::vector<std::string>& after)
      : width_(after.size() + 1), lengths_((before.size() + 1) * width_, 0) {
    for (std::size_t i = before.size(); i-- > 0;) {
      for (std::size_t j = after.size(); j-- > 0;) {
        length(i, j) = before[i] == after[j] ? length(i + 1, j + 1) + 1 : std::max(length(i + 1, j), length(i, j + 1));
      }
    }
  }
  std::uint32_t& length(std::size_t i, std::size_t j) { return lengths_[i * width_ + j]; }

 private:
  std::size_t width_;
  std::vector<std::uint32_t> lengths_;
};

/// The word that each piece belongs to.
std::vector<std::size_t> words_of(const PieceStarts& pieces) {
  std::vector<std::size_t> words;
  std::size_t count = 0;
  for (const std::uint8_t starts : pieces) {
    if (starts != 0 || count == 0) ++count;
    words.push_back(count - 1);
  }
  return words;
}

std::size_t count_of(const std::vector<std::size_t>& words) { return words.empty() ? 0 : words.back() + 1; }

}  // namespace

std::vector<std::string_view> spaced_words(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n";
  std::vector<std::string_view> words;
  for (auto at = text.find_first_not_of(kSpaces); at != std::string_view::npos;) {
    const auto end = std::min(text.find_first_of(kSpaces, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kSpaces, end);
  }
  return words;
}

std::vector<WordRange> trace_words(std::string_view before, std::string_view after) {
  const auto from = folded(before);
  const auto to = folded(after);
  CommonWords common(from, to);
  std::vector<WordRange> traced(to.size());
  std::size_t i = 0;
  std::size_t j = 0;
  while (j < to.size()) {
    if (i < from.size() && from[i] == to[j]) {
      traced[j++] = {i, i + 1};
      ++i;
      continue;
    }
    const std::size_t first_from = i;
    const std::size_t first_to = j;
    while (i < from.size() && j < to.size() && from[i] != to[j]) {
      common.length(i + 1, j) >= common.length(i, j + 1) ? ++i : ++j;
    }
    if (i == from.size() || j == to.size()) {
      i = from.size();
      j = to.size();
    }
    std::fill(traced.begin() + static_cast<long>(first_to), traced.begin() + static_cast<long>(j),
              WordRange{first_from, i});
  }
  return traced;
}

std::size_t place_in(std::string_view before, std::size_t place, std::string_view after) {
  const auto old_words = spaced_words(before);
  const auto new_words = spaced_words(after);
  const auto [old_end, new_end] = std::ranges::mismatch(old_words, new_words);
  if (old_end - old_words.begin() >= static_cast<long>(place)) return place;

  std::string old_letters;
  for (std::size_t i = 0; i < std::min(place, old_words.size()); ++i) old_letters += letters_of(old_words[i]);
  LettersApart apart(old_letters);
  std::size_t best = 0;
  std::size_t least = apart.distance();
  for (std::size_t at = 0; at < new_words.size(); ++at) {
    apart.append(letters_of(new_words[at]));
    const bool nearer = apart.distance() == least && at < place;  // at + 1 ≤ place
    if (apart.distance() < least || nearer) {
      least = apart.distance();
      best = at + 1;
    }
  }
  return best;
}

std::vector<AlignedWord> align_words(std::string_view target, std::size_t source_words,
                                     const PieceStarts& target_pieces, const PieceStarts& source_pieces,
                                     std::span<const float> attention) {
  const auto texts = spaced_words(target);
  const auto target_of = words_of(target_pieces);
  const auto source_of = words_of(source_pieces);
  const std::size_t width = source_pieces.size() + 1;
  const bool fits = count_of(target_of) == texts.size() && count_of(source_of) == source_words &&
                    attention.size() == target_pieces.size() * width;
  std::vector<AlignedWord> words;
  for (const std::string_view text : texts) words.push_back({std::string(text), {}});
  if (!fits || source_words == 0) return words;

  std::vector<float> weights(texts.size() * source_words, 0.0F);
  for (std::size_t piece = 0; piece < target_pieces.size(); ++piece) {
    for (std::size_t from = 0; from < source_pieces.size(); ++from) {
      weights[target_of[piece] * source_words + source_of[from]] += attention[piece * width + from];
    }
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto row = weights.begin() + static_cast<long>(i * source_words);
    words[i].source = static_cast<std::size_t>(std::max_element(row, row + static_cast<long>(source_words)) - row);
  }
  return words;
}

}  // namespace parley::translation
