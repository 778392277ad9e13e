// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/numbers.h"

#include <algorithm>
#include <optional>

#include "translation/number_words.h"
#include "translation/text.h"

namespace parley::translation {
namespace {

constexpr std::int64_t kSmallNumber = 12;         // up to here words translate well, and read better
constexpr std::size_t kDigitsInARow = 3;          // so many spoken digits are a number to keep
constexpr std::size_t kCommaSeparatedDigits = 6;  // "four, four, seven, two, one, nine"; fewer may be an enumeration
constexpr std::size_t kLongNumeral = 7;           // so many digits in one piece are a telephone or account number

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::string only_digits(std::string_view text) {
  std::string digits;
  std::ranges::copy_if(text, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

/// Up to four digits as they are, more in threes; a remainder makes the last group four or the first one two.
std::string grouped(std::string_view digits) {
  if (digits.size() <= 4) return std::string(digits);
  std::string text;
  std::size_t at = digits.size() % 3 == 2 ? 2 : 0;
  text.append(digits.substr(0, at));
  while (at < digits.size()) {
    const std::size_t left = digits.size() - at;
    const std::size_t size = left == 4 ? 4 : 3;
    text.append(text.empty() ? "" : "-").append(digits.substr(at, size));
    at += size;
  }
  return text;
}

/// A number's new text and the words it takes the place of.
struct Rewrite {
  std::string text;
  std::size_t words = 0;
};

/// Digits spoken one after the other.
struct Run {
  std::vector<std::string> groups{1};  ///< As commas divided them.
  std::size_t words = 0;
  std::size_t elements = 0;
  std::size_t singles = 0;

  std::string digits() const {
    std::string all;
    for (const std::string& group : groups) all += group;
    return all;
  }
};

class NumberWriter {
 public:
  NumberWriter(const Words& words, const NumberGrammar& grammar) : words_(words), grammar_(grammar) {}

  std::optional<Rewrite> at(std::size_t at) const {
    if (auto time = time_at(at)) return time;
    if (auto digits = digits_at(at)) return digits;
    if (auto price = price_at(at)) return price;
    if (auto pair = pair_at(at)) return pair;
    return cardinal_at(at);
  }

 private:
  std::string folded(std::size_t at) const {
    return at < words_.list.size() ? lower_case(words_.list[at].text) : std::string();
  }
  const std::string& before(std::size_t at) const { return words_.list[at].before; }
  bool joined(std::size_t at) const { return at < words_.list.size() && (before(at) == " " || before(at) == "-"); }

  std::optional<Rewrite> time_at(std::size_t at) const {
    const auto time = grammar_.time(words_, at);
    if (!time) return std::nullopt;
    return Rewrite{fmt::format("{}:{:02}", time->value / 60, time->value % 60), time->words};
  }

  /// One element of a run: a digit, a doubled one, a numeral of one digit, or a number up to 99.
  std::optional<Rewrite> element(std::size_t at, bool within) const {
    const std::string word = folded(at);
    if (all_digits(word) && word.size() == 1) return Rewrite{word, 1};
    if (const auto digit = grammar_.digit(word, within)) return Rewrite{std::to_string(*digit), 1};
    const auto times = grammar_.repetition(word);
    const auto repeated = times && joined(at + 1) ? grammar_.digit(folded(at + 1), false) : std::nullopt;
    if (repeated) return Rewrite{std::string(static_cast<std::size_t>(*times), static_cast<char>('0' + *repeated)), 2};
    if (const auto pair = grammar_.two_digits(words_, at)) return Rewrite{std::to_string(pair->value), pair->words};
    return std::nullopt;
  }

  Run run_at(std::size_t at, bool over_commas) const {
    Run run;
    const bool starts_with_six =
        grammar_.digit(folded(at), true) && joined(at + 1) && grammar_.digit(folded(at + 1), false);
    while (at + run.words < words_.list.size()) {
      const std::size_t here = at + run.words;
      const bool comma = run.words > 0 && before(here) == ", ";
      if (run.words > 0 && !joined(here) && !(comma && over_commas)) break;
      const auto next = element(here, run.words > 0 || starts_with_six);
      if (!next) break;
      if (comma) run.groups.emplace_back();
      run.groups.back() += next->text;
      run.words += next->words;
      ++run.elements;
      if (next->words == 1 && next->text.size() == 1) ++run.singles;
      if (next->text.size() > 2 || (next->words == 2 && next->text[0] == next->text.back()))
        run.singles += next->text.size();
    }
    return run;
  }

  std::optional<Rewrite> digits_at(std::size_t at) const {
    const Run far = run_at(at, true);
    const bool in_groups = std::ranges::all_of(
        far.groups, [](const std::string& group) { return group.size() >= 2 && group.size() <= 5; });
    const bool one_by_one =
        far.groups.size() == far.elements && far.elements >= kCommaSeparatedDigits && far.singles == far.elements;
    if (far.groups.size() > 1 && in_groups && far.singles >= kDigitsInARow)
      return Rewrite{fmt::format("{}", fmt::join(far.groups, "-")), far.words};
    if (far.groups.size() > 1 && one_by_one) return Rewrite{grouped(far.digits()), far.words};

    const Run run = run_at(at, false);
    const bool announced = (at > 0 && grammar_.announces_digits(folded(at - 1))) ||
                           (at > 1 && grammar_.announces_digits(folded(at - 2)) && folded(at - 1).size() <= 2);
    const bool enough = run.singles >= kDigitsInARow || (run.elements >= kDigitsInARow && run.singles > 0) ||
                        (announced && run.elements >= 2 && run.singles > 0);
    if (!enough) return std::nullopt;
    return Rewrite{grouped(run.digits()), run.words};
  }

  /// "nineteen ninety-nine" near a word about money. In Portuguese "e" stands between the two.
  std::optional<Rewrite> price_at(std::size_t at) const {
    const auto whole = grammar_.cardinal(words_, at);
    if (!whole || whole->value == 0) return std::nullopt;
    std::size_t next = at + whole->words;
    if (grammar_.decimal_mark() == ',') {
      if (!joined(next) || folded(next) != "e") return std::nullopt;
      ++next;
    }
    const auto cents = joined(next) ? grammar_.two_digits(words_, next) : std::nullopt;
    if (!cents) return std::nullopt;
    const std::size_t end = next + cents->words;
    const bool money =
        (at > 0 && grammar_.is_about_money(folded(at - 1))) || (joined(end) && grammar_.is_about_money(folded(end)));
    if (!money) return std::nullopt;
    return Rewrite{fmt::format("{}{}{:02}", whole->value, grammar_.decimal_mark(), cents->value), end - at};
  }

  /// Two numbers of two digits: a year ("nineteen eighty-four"), or half a telephone number.
  std::optional<Rewrite> pair_at(std::size_t at) const {
    const auto first = grammar_.two_digits(words_, at);
    if (!first || !joined(at + first->words)) return std::nullopt;
    const auto second = grammar_.two_digits(words_, at + first->words);
    if (!second || second->value == first->value) return std::nullopt;  // "fifty fifty"
    return Rewrite{fmt::format("{}{}", first->value, second->value), first->words + second->words};
  }

  std::optional<Rewrite> cardinal_at(std::size_t at) const {
    const auto number = grammar_.cardinal(words_, at);
    if (!number || number->value <= kSmallNumber) return std::nullopt;
    const std::size_t end = at + number->words;
    if (joined(end) && grammar_.is_ordinal(folded(end))) return ordinal_at(*number, end);
    std::string text = std::to_string(number->value);
    if (number->value >= 10000) text.insert(text.size() - 3, 1, grammar_.thousands_mark());
    return Rewrite{text, number->words};
  }

  /// "twenty-first" → "21st".
  std::optional<Rewrite> ordinal_at(const SpelledNumber& tens, std::size_t end) const {
    const auto last = grammar_.small_ordinal(folded(end));
    if (!last || tens.value % 10 != 0 || tens.value % 100 == 10) return std::nullopt;
    const std::string_view ending = *last == 1 ? "st" : *last == 2 ? "nd" : *last == 3 ? "rd" : "th";
    return Rewrite{fmt::format("{}{}", tens.value + *last, ending), tens.words + 1};
  }

  const Words& words_;
  const NumberGrammar& grammar_;
};

/// "15h30" → "15:30", a long numeral in groups.
std::string tidy_numeral(const std::string& word) {
  if (all_digits(word) && word.size() >= kLongNumeral) return grouped(word);
  const auto h = word.find('h');
  const bool time =
      (h == 1 || h == 2) && word.size() == h + 3 && all_digits(word.substr(0, h)) && all_digits(word.substr(h + 1));
  return time ? word.substr(0, h) + ":" + word.substr(h + 1) : word;
}

}  // namespace

std::string with_digits(std::string_view sentence, const Language& language) {
  const NumberGrammar* grammar = NumberGrammar::of(language);
  if (grammar == nullptr) return std::string(sentence);
  const Words words = split_words(sentence);
  const NumberWriter writer(words, *grammar);
  Words result;
  for (std::size_t i = 0; i < words.list.size();) {
    if (const auto rewrite = writer.at(i)) {
      result.list.push_back({words.list[i].before, rewrite->text});
      i += rewrite->words;
      continue;
    }
    // "twenty-first": nothing inside a number that was left alone is a number of its own.
    const auto left_alone = grammar->cardinal(words, i);
    for (const std::size_t end = i + std::max<std::size_t>(left_alone ? left_alone->words : 1, 1); i < end; ++i) {
      result.list.push_back({words.list[i].before, tidy_numeral(words.list[i].text)});
    }
  }
  result.after = words.after;
  return join(result);
}

std::vector<Numeral> numerals(std::string_view text) {
  std::vector<Numeral> found;
  std::size_t at = 0;
  for (const Word& word : split_words(text).list) {
    at += word.before.size();
    const std::string digits = only_digits(word.text);
    if (!digits.empty()) {
      const bool continues = !found.empty() && word.before == "-" && found.back().end + 1 == at;
      if (continues) {
        found.back().digits += digits;
      } else {
        found.push_back({.digits = digits, .begin = at});
      }
      found.back().end = at + word.text.size();
    }
    at += word.text.size();
  }
  return found;
}

std::vector<Numeral> numerals_and_words(std::string_view text, const Language& language) {
  std::vector<Numeral> found = numerals(text);
  const NumberGrammar* grammar = NumberGrammar::of(language);
  if (grammar == nullptr) return found;
  const Words words = split_words(text);
  std::size_t at = 0;
  for (std::size_t i = 0; i < words.list.size(); ++i) {
    at += words.list[i].before.size();
    const std::size_t begin = at;
    at += words.list[i].text.size();
    const auto number = grammar->cardinal(words, i);
    if (!number || number->words == 0) continue;
    for (std::size_t rest = 1; rest < number->words; ++rest) {
      ++i;
      at += words.list[i].before.size() + words.list[i].text.size();
    }
    found.push_back({std::to_string(number->value), begin, at, true});
  }
  std::ranges::sort(found, {}, &Numeral::begin);
  return found;
}

std::string tidy_numerals(std::string_view text, const Language& language) {
  const NumberGrammar* grammar = NumberGrammar::of(language);
  Words words = split_words(text);
  for (std::size_t i = 0; i < words.list.size(); ++i) {
    Word& word = words.list[i];
    const bool between_digits = i > 0 && all_digits(word.text) && all_digits(words.list[i - 1].text);
    if (between_digits && word.before == " - ") word.before = "-";
    if (grammar == nullptr) continue;
    const auto mark = word.text.find_first_of(".,");
    if (mark == std::string::npos || mark == 0) continue;
    const std::string decimals = word.text.substr(mark + 1);
    if (all_digits(word.text.substr(0, mark)) && all_digits(decimals) && decimals.size() <= 2)
      word.text[mark] = grammar->decimal_mark();
  }
  return join(words);
}

}  // namespace parley::translation
