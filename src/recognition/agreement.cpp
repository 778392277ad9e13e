// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/agreement.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

#include "audio/frame.h"
#include "recognition/utf8.h"

namespace parley::recognition {
namespace {

using Words = std::span<const PieceWord>;

constexpr std::size_t kWitness = audio::kSampleRate * 4 / 10;
constexpr std::size_t kPauseWitness = audio::kSampleRate * 8 / 100;  // Whole words are less in doubt.

std::vector<std::string> keys_of(Words words) {
  std::vector<std::string> keys;
  keys.reserve(words.size());
  for (const auto& word : words) keys.push_back(word_key(word.text));
  return keys;
}

std::size_t shared(std::span<const std::string> first, std::span<const std::string> second) {
  return static_cast<std::size_t>(std::ranges::mismatch(first, second).in1 - first.begin());
}

std::size_t last_of(std::span<const std::string> words) { return words.empty() ? 0 : words.size() - 1; }

/// The first `known` of the known words say the same as the first `heard` of the heard ones.
struct Match {
  std::size_t known = 0;
  std::size_t heard = 0;
};

/// Words written without spaces, and where each ends.
struct Letters {
  explicit Letters(Words words) {
    for (const auto& key : keys_of(words)) {
      text += key;
      ends.push_back(text.size());
    }
  }
  std::string text;
  std::vector<std::size_t> ends{0};  ///< Of the first words, none, one, two …
};

/// Fewest letters wrong (Levenshtein): words are heard joined and divided otherwise ("play back", "por questa ou"). All
/// the known words are used, or, with `part`, either all known or all heard. Of equals the one with most words.
Match best_match(Words known, Words heard, bool part) {
  const Letters rows(known);
  const Letters columns(heard);
  std::vector<std::size_t> costs(columns.text.size() + 1);
  std::iota(costs.begin(), costs.end(), std::size_t{0});
  Match best{known.size(), 0};
  std::size_t least = std::numeric_limits<std::size_t>::max();
  const auto consider = [&](std::size_t cost, Match match) {
    if (cost > least || (cost == least && match.known + match.heard < best.known + best.heard)) return;
    least = cost;
    best = match;
  };
  for (std::size_t i = 0, row = 0; i <= rows.text.size(); ++i) {
    if (i > 0) {
      std::size_t diagonal = std::exchange(costs[0], i);
      for (std::size_t j = 0; j < columns.text.size(); ++j) {
        const std::size_t replaced = diagonal + (rows.text[i - 1] == columns.text[j] ? 0 : 1);
        diagonal = costs[j + 1];
        costs[j + 1] = std::min({costs[j + 1] + 1, costs[j] + 1, replaced});
      }
    }
    if (rows.ends[row] != i) continue;
    if (part) consider(costs.back(), {row, heard.size()});
    if (row == known.size()) {
      for (std::size_t j = 0; j < columns.ends.size(); ++j) consider(costs[columns.ends[j]], {row, j});
    }
    ++row;
  }
  return best;
}

/// What a word goes on with behind its first `letters` letters and digits, if that is another word written onto it: a
/// digit, or a letter behind a mark ("479-318" goes on with "318").
std::string_view written_on(std::string_view word, std::size_t letters) {
  std::size_t end = 0;
  while (end < word.size() && word_key(word.substr(0, end)).size() < letters) ++end;
  const std::string_view rest = word.substr(end);
  const auto is_word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  const auto next = std::ranges::find_if(rest, is_word);
  if (next == rest.end() || (next == rest.begin() && std::isdigit(static_cast<unsigned char>(*next)) == 0)) return {};
  return rest.substr(static_cast<std::size_t>(next - rest.begin()));
}

}  // namespace

std::vector<PieceWord> Agreement::with_settled(std::vector<PieceWord> words) const {
  const Words settled(words_.data(), settled_);
  // Case and marks belong to the sentence, which is only now heard so far: "mail first" becomes "mail. First".
  if (shared(keys_of(settled), keys_of(words)) == settled_) return words;
  std::size_t heard = best_match(settled, words, false).heard;
  std::vector<PieceWord> all(settled.begin(), settled.end());
  const Letters known(settled);
  const Letters now(words);
  const auto torn = std::ranges::lower_bound(now.ends, known.text.size());
  if (torn != now.ends.begin() && torn != now.ends.end() && now.text.starts_with(known.text)) {
    const auto word = static_cast<std::size_t>(torn - now.ends.begin()) - 1;
    PieceWord rest = words[word];
    rest.text = written_on(rest.text, known.text.size() - now.ends[word]);
    if (!rest.text.empty()) {
      all.push_back(std::move(rest));
      heard = word + 1;
    }
  }
  all.insert(all.end(), std::make_move_iterator(words.begin() + static_cast<std::ptrdiff_t>(heard)),
             std::make_move_iterator(words.end()));
  return all;
}

void Agreement::hear(std::vector<PieceWord> words, Speech end, std::size_t samples) {
  words = with_settled(std::move(words));
  auto keys = keys_of(words);
  // The latest of those that are old enough; those before it are not needed any more.
  while (earlier_.size() > 1 && earlier_[1].samples + kWitness <= samples) earlier_.erase(earlier_.begin());
  agreed_ = settled_;
  if (!earlier_.empty() && earlier_.front().samples + kWitness <= samples) {
    const auto& before = earlier_.front().keys;
    // The last word of either may be cut off, or be another once more is heard.
    settled_ = std::max(settled_, std::min({shared(before, keys), last_of(before), last_of(keys)}));
    agreed_ = settled_;
  }
  if (end == Speech::kPaused && !earlier_.empty() && earlier_.back().samples + kPauseWitness <= samples)
    agreed_ = std::max(agreed_, shared(earlier_.back().keys, keys));
  earlier_.push_back({samples, std::move(keys)});
  words_ = std::move(words);
}

std::vector<PieceWord> Agreement::take_head(std::vector<PieceWord> head) {
  const Match match = best_match(Words(words_.data(), settled_), head, true);
  auto taken = take(match.known);
  taken.insert(taken.end(), std::make_move_iterator(head.begin() + static_cast<std::ptrdiff_t>(match.heard)),
               std::make_move_iterator(head.end()));
  words_.resize(settled_);  // What was not settled may be among the words of the head.
  agreed_ = settled_;
  return taken;
}

std::vector<PieceWord> Agreement::take(std::size_t count) {
  const auto end = words_.begin() + static_cast<std::ptrdiff_t>(std::min(count, words_.size()));
  std::vector<PieceWord> taken(std::make_move_iterator(words_.begin()), std::make_move_iterator(end));
  words_.erase(words_.begin(), end);
  for (auto& [samples, keys] : earlier_) {
    keys.erase(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(std::min(count, keys.size())));
  }
  settled_ -= std::min(settled_, count);
  agreed_ -= std::min(agreed_, count);
  return taken;
}

void Agreement::move_begin(std::size_t samples) {
  for (auto& word : words_) {
    word.begin -= std::min(word.begin, samples);
    word.end -= std::min(word.end, samples);
  }
  for (auto& witness : earlier_) witness.samples -= std::min(witness.samples, samples);
}

void Agreement::clear() { *this = {}; }

std::optional<std::size_t> place_of_tail(Words before, Words tail, std::size_t most, std::size_t cut) {
  constexpr std::size_t kLeastSame = 2;
  const auto known = keys_of(before);
  const auto heard = keys_of(tail);
  std::optional<std::size_t> best;
  std::size_t nearest = std::numeric_limits<std::size_t>::max();
  for (std::size_t place = 0; place <= most && place < known.size(); ++place) {
    const std::span rest = std::span(known).subspan(place);
    const auto same = static_cast<std::size_t>(std::ranges::mismatch(rest, heard).in1 - rest.begin());
    if (same < kLeastSame || same + 1 < std::min(rest.size(), heard.size())) continue;
    if (heard.size() + 1 < rest.size()) continue;  // Words would be lost.
    const std::size_t begin = before[place].begin;
    const std::size_t distance = begin > cut ? begin - cut : cut - begin;
    if (distance >= nearest) continue;
    nearest = distance;
    best = place;
  }
  return best;
}

}  // namespace parley::recognition
