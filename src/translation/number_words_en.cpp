// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/number_grammar.h"

namespace parley::translation {
namespace {

class English final : public TensAndDigits {
 public:
  English()
      : TensAndDigits({{"zero", 0},
                       {"one", 1},
                       {"two", 2},
                       {"three", 3},
                       {"four", 4},
                       {"five", 5},
                       {"six", 6},
                       {"seven", 7},
                       {"eight", 8},
                       {"nine", 9}},
                      {{"ten", 10},
                       {"eleven", 11},
                       {"twelve", 12},
                       {"thirteen", 13},
                       {"fourteen", 14},
                       {"fifteen", 15},
                       {"sixteen", 16},
                       {"seventeen", 17},
                       {"eighteen", 18},
                       {"nineteen", 19}},
                      {{"twenty", 20},
                       {"thirty", 30},
                       {"forty", 40},
                       {"fifty", 50},
                       {"sixty", 60},
                       {"seventy", 70},
                       {"eighty", 80},
                       {"ninety", 90}},
                      "") {}

  std::optional<SpelledNumber> cardinal(const Words& words, std::size_t at) const override {
    if (word_at(words, at) == "a") return after_article(words, at);
    auto number = below_thousand(words, at);
    if (!number || number->value == 0 || next_word(words, at + number->words) != "thousand") return number;
    number->value *= 1000;
    ++number->words;
    const auto rest = rest_after(words, at + number->words);
    return SpelledNumber{number->value + rest.value, number->words + rest.words};
  }

  std::optional<int> digit(std::string_view folded, bool within) const override {
    if (within && (folded == "oh" || folded == "o")) return 0;
    return value_in(digits_, std::string(folded));
  }

  std::optional<int> repetition(std::string_view folded) const override {
    if (folded == "double") return 2;
    return folded == "triple" ? std::optional(3) : std::nullopt;
  }

  bool announces_digits(std::string_view folded) const override {
    static const WordSet words{"number", "extension", "room",  "code", "pin",   "apartment",
                               "flight", "gate",      "suite", "zip",  "option"};
    return words.contains(folded);
  }

  bool is_ordinal(std::string_view folded) const override {
    static const WordSet words{"first", "second", "third", "fifth", "eighth", "ninth", "twelfth"};
    static const WordSet stems{"four", "six", "seven", "ten", "eleven"};
    if (words.contains(folded)) return true;
    if (!folded.ends_with("th")) return false;
    const auto stem = folded.substr(0, folded.size() - 2);
    return stems.contains(stem) || stem.ends_with("teen") || folded.ends_with("tieth");
  }

  std::optional<int> small_ordinal(std::string_view folded) const override {
    static const NumberValues ordinals{{"first", 1}, {"second", 2},  {"third", 3},  {"fourth", 4}, {"fifth", 5},
                                       {"sixth", 6}, {"seventh", 7}, {"eighth", 8}, {"ninth", 9}};
    return value_in(ordinals, std::string(folded));
  }

  bool is_about_money(std::string_view folded) const override {
    static const WordSet words{"cost",    "costs",   "price", "pay",    "paid",  "charge",
                               "charged", "dollars", "euros", "pounds", "bucks", "reais"};
    return words.contains(folded);
  }

  char decimal_mark() const override { return '.'; }
  char thousands_mark() const override { return ','; }

  std::optional<SpelledNumber> time(const Words& words, std::size_t at) const override {
    if (auto spoken = past_or_to(words, at)) return spoken;
    const auto begins = hour(words, at, 12);
    const bool numeral_hour = begins && numeral_value(word_at(words, at), 12);
    if (!begins || *begins == 0 || numeral_hour || !joined(words, at + 1)) return std::nullopt;
    std::optional<SpelledNumber> minutes = two_digits(words, at + 1);
    if (word_at(words, at + 1) == "oh" || word_at(words, at + 1) == "o") {
      const auto single = value_in(digits_, next_word(words, at + 2));
      minutes = single && *single > 0 ? std::optional(SpelledNumber{*single, 2}) : std::nullopt;
    }
    if (!minutes || minutes->value > 59) return std::nullopt;
    const std::size_t length = 1 + minutes->words;
    if (!tells_time(words, at, at + length)) return std::nullopt;
    return SpelledNumber{*begins * 60 + minutes->value, length};
  }

 private:
  /// "a hundred and fifty"; not "a hundred" by itself, which is no exact number.
  std::optional<SpelledNumber> after_article(const Words& words, std::size_t at) const {
    const std::string unit = next_word(words, at + 1);
    if (unit != "hundred" && unit != "thousand") return std::nullopt;
    const auto rest = rest_after(words, at + 2);
    if (rest.words == 0) return std::nullopt;
    return SpelledNumber{(unit == "hundred" ? 100 : 1000) + rest.value, 2 + rest.words};
  }

  std::optional<SpelledNumber> below_thousand(const Words& words, std::size_t at) const {
    const auto number = below_hundred(words, at);
    if (!number || number->value == 0 || number->value > 9 || next_word(words, at + 1) != "hundred") return number;
    const auto rest = rest_after(words, at + 2);
    return SpelledNumber{number->value * 100 + rest.value, 2 + rest.words};
  }

  /// "and fifty", "fifty", nothing.
  SpelledNumber rest_after(const Words& words, std::size_t at) const {
    const std::size_t with_and = next_word(words, at) == "and" ? 1 : 0;
    if (!joined(words, at + with_and)) return {};
    const auto rest =
        with_and == 0 && is_thousand_part(words, at) ? below_thousand(words, at) : below_hundred(words, at + with_and);
    if (!rest || rest->value == 0) return {};
    return {rest->value, rest->words + with_and};
  }

  bool is_thousand_part(const Words& words, std::size_t at) const { return word_at(words, at - 1) == "thousand"; }

  /// "half past three", "a quarter to four", "ten past six" after "at" or "it's".
  std::optional<SpelledNumber> past_or_to(const Words& words, std::size_t at) const {
    std::size_t next = at;
    if (word_at(words, next) == "a" && next_word(words, next + 1) == "quarter") ++next;
    const std::string first = word_at(words, next);
    std::optional<SpelledNumber> minutes;
    if (first == "half") minutes = SpelledNumber{30, 1};
    if (first == "quarter") minutes = SpelledNumber{15, 1};
    if (!minutes && tells_time(words, at, words.list.size())) minutes = below_hundred(words, next);
    if (!minutes || minutes->value >= 60 || minutes->value % 5 != 0) return std::nullopt;
    next += minutes->words;
    const std::string relation = next_word(words, next);
    const bool past = relation == "past" || (relation == "after" && first != "half");
    if (!past && (relation != "to" || first == "half")) return std::nullopt;
    const auto of = joined(words, next + 1) ? hour(words, next + 1, 12) : std::nullopt;
    if (!of || *of == 0) return std::nullopt;
    const std::int64_t total = past ? *of * 60 + minutes->value : *of * 60 - minutes->value;
    return SpelledNumber{total < 60 ? total + 12 * 60 : total, next + 2 - at};
  }

  static bool tells_time(const Words& words, std::size_t first, std::size_t end) {
    static const WordSet before{"at", "by", "until", "till", "before", "after", "around", "about", "it's", "its"};
    static const WordSet after{"am", "pm", "a", "p"};
    if (first > 0 && before.contains(word_at(words, first - 1))) return true;
    const std::string next = next_word(words, end);
    if (next == "a" || next == "p") return word_at(words, end + 1) == "m";
    return after.contains(next) || (next == "in" && word_at(words, end + 1) == "the");
  }
};

}  // namespace

const NumberGrammar& english_numbers() {
  static const English grammar;
  return grammar;
}

}  // namespace parley::translation
