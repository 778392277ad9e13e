// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/phrases.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/utf8.h"
#include "synthesis/characters.h"
#include "synthesis/speech_shape.h"

namespace parley::synthesis {
namespace {

using Text = std::u32string_view;

constexpr std::array<Text, 22> kAbbreviations = {U"mr",   U"mrs",   U"ms", U"dr",  U"dra", U"sr", U"sra", U"srta",
                                                 U"prof", U"profa", U"st", U"av",  U"no",  U"vs", U"sig", U"dott",
                                                 U"ud",   U"uds",   U"jr", U"tel", U"sto", U"sta"};

// The length up to which a word is taken for an article, preposition or conjunction that belongs to what follows it.
constexpr std::size_t kShortWord = 3;

// Longer ones of that kind.
constexpr std::array<Text, 22> kLeaningWords = {
    U"because", U"when",   U"while", U"that", U"which", U"with", U"from", U"about",    U"into",  U"before", U"after",
    U"porque",  U"quando", U"para",  U"pela", U"pelo",  U"como", U"onde", U"enquanto", U"desde", U"antes",  U"depois"};

constexpr milliseconds kPauseOfItsOwn{SpeechShape().lead_ms + SpeechShape().tail_ms};
constexpr milliseconds kPauseInClause = std::max(kPauseOfItsOwn, milliseconds(60));
constexpr milliseconds kPauseAfterClause{120};
constexpr milliseconds kPauseAfterSentence{230};

// How good a place between two words is for a cut.
enum class Place { kBad, kWord, kClause, kSentence };

std::u32string normalise_space(Text text) {
  std::u32string out;
  for (const char32_t c : text) {
    const bool space = c == U' ' || c == U'\t' || c == U'\n' || c == U'\r';
    if (!space) {
      out += c;
    } else if (!out.empty() && out.back() != U' ') {
      out += U' ';
    }
  }
  if (!out.empty() && out.back() == U' ') out.pop_back();
  return out;
}

// The word that ends before a space, with its marks.
Text word_before(Text text, std::size_t space) {
  const std::size_t previous = space == 0 ? Text::npos : text.rfind(U' ', space - 1);
  const std::size_t begin = previous == Text::npos ? 0 : previous + 1;
  return text.substr(begin, space - begin);
}

Text word_after(Text text, std::size_t space) {
  return text.substr(space + 1, text.find(U' ', space + 1) - (space + 1));
}

bool is_abbreviation(Text word) {
  if (!word.ends_with(U'.')) return false;
  word.remove_suffix(1);
  if (word.size() == 1) return is_letter(word[0]);  // an initial
  std::u32string lower(word);
  for (char32_t& c : lower) c = c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c;
  return std::ranges::find(kAbbreviations, Text(lower)) != kAbbreviations.end();
}

Text without_closing_marks(Text word) {
  while (!word.empty() && Text(U"\"'”’)»]").find(word.back()) != Text::npos) word.remove_suffix(1);
  return word;
}

bool is_sentence_mark(char32_t c) { return Text(U".!?…।").find(c) != Text::npos; }

bool leans_on_the_next(Text word) {
  return word.size() <= kShortWord || std::ranges::find(kLeaningWords, word) != kLeaningWords.end();
}

Place place_at(Text text, std::size_t space) {
  Text word = word_before(text, space);
  if (is_abbreviation(word)) return Place::kBad;
  const char32_t next = at(text, space + 1);
  if (is_digit(word.back()) && (is_digit(next) || next == U'(')) return Place::kBad;  // "555 1234" is one number
  word = without_closing_marks(word);
  if (word.empty()) return Place::kBad;
  if (is_sentence_mark(word.back())) return Place::kSentence;
  if (is_clause_mark(word.back())) return Place::kClause;
  return leans_on_the_next(word) ? Place::kBad : Place::kWord;
}

class Splitter {
 public:
  Splitter(Text text, const PhraseLimits& limits) : rest_(text), limits_(limits) {}

  std::vector<std::string> run() {
    std::vector<std::string> phrases;
    std::size_t budget = limits_.first;
    while (!rest_.empty()) {
      const std::size_t end = cut(budget, phrases.empty());
      phrases.push_back(encode_utf8(rest_.substr(0, end)));
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      const auto grown = static_cast<std::size_t>(limits_.growth * static_cast<double>(end));
      budget = std::max(limits_.first, std::min(limits_.longest, grown));
    }
    return phrases;
  }

 private:
  // The end of the next phrase.
  std::size_t cut(std::size_t budget, bool first) const {
    if (rest_.size() <= (first ? budget / 2 : budget)) return rest_.size();
    const auto marked = first ? earliest_mark(budget) : latest_mark(budget);
    if (marked) return *marked;
    // A later phrase may be a little too long before it is torn where no mark is.
    if (rest_.size() <= (first ? budget : budget + budget / 2)) return rest_.size();
    return between_words(budget);
  }

  bool allowed(std::size_t space) const {
    return space >= limits_.minimum && rest_.size() - space - 1 >= limits_.minimum;
  }

  template <typename Use>
  void each_space(std::size_t last, Use use) const {
    for (std::size_t space = rest_.find(U' '); space != Text::npos && space <= last;
         space = rest_.find(U' ', space + 1)) {
      if (allowed(space)) use(space);
    }
  }

  std::optional<std::size_t> earliest_mark(std::size_t budget) const {
    std::optional<std::size_t> found;
    each_space(budget, [&](std::size_t space) {
      if (!found && place_at(rest_, space) >= Place::kClause) found = space;
    });
    return found;
  }

  // A sentence's end rather than a clause's; a clause's only where it does not leave a stump.
  std::optional<std::size_t> latest_mark(std::size_t budget) const {
    std::optional<std::size_t> sentence;
    std::optional<std::size_t> clause;
    each_space(budget, [&](std::size_t space) {
      const Place place = place_at(rest_, space);
      if (place == Place::kSentence) sentence = space;
      if (place == Place::kClause && space >= budget / 3) clause = space;
    });
    return sentence ? sentence : clause;
  }

  std::size_t between_words(std::size_t budget) const {
    std::optional<std::size_t> any;
    std::optional<std::size_t> after_long;
    std::optional<std::size_t> before_short;
    each_space(budget, [&](std::size_t space) {
      any = space;
      if (place_at(rest_, space) == Place::kBad) return;
      after_long = space;
      if (space >= budget / 2 && leans_on_the_next(word_after(rest_, space))) before_short = space;
    });
    if (before_short) return *before_short;
    if (after_long) return *after_long;
    if (any) return *any;
    // One long word: it stays whole.
    const std::size_t space = rest_.find(U' ', std::max(budget, limits_.minimum));
    return space != Text::npos && allowed(space) ? space : rest_.size();
  }

  Text rest_;
  const PhraseLimits& limits_;
};

}  // namespace

std::vector<std::string> split_phrases(std::string_view text, const PhraseLimits& limits) {
  const std::u32string normalised = normalise_space(decode_utf8(text));
  return Splitter(normalised, limits).run();
}

milliseconds pause_after(std::string_view phrase) {
  const std::u32string decoded = decode_utf8(phrase);
  const Text text = without_closing_marks(decoded);
  if (text.empty()) return milliseconds(0);
  if (is_sentence_mark(text.back())) return kPauseAfterSentence - kPauseOfItsOwn;
  return (is_clause_mark(text.back()) ? kPauseAfterClause : kPauseInClause) - kPauseOfItsOwn;
}

}  // namespace parley::synthesis
