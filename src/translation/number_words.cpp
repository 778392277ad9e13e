// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/number_words.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

namespace parley::translation {
namespace {

using Values = std::map<std::string_view, int>;
using Set = std::set<std::string_view>;

/// Folded word `at`, empty past the end.
std::string word_at(const Words& words, std::size_t at) {
  return at < words.list.size() ? lower_case(words.list[at].text) : std::string();
}

/// Whether nothing but a space or hyphen stands before word `at`.
bool joined(const Words& words, std::size_t at) {
  return at < words.list.size() && (words.list[at].before == " " || words.list[at].before == "-");
}

/// Word `at` when it continues a number.
std::string next_word(const Words& words, std::size_t at) { return joined(words, at) ? word_at(words, at) : std::string(); }

std::optional<int> value_in(const Values& values, const std::string& word) {
  const auto found = values.find(word);
  return found != values.end() ? std::optional(found->second) : std::nullopt;
}

std::optional<int> numeral(const std::string& word, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc{} || end != word.data() + word.size() || value < 0 || value > most) return std::nullopt;
  return value;
}

/// What English and Portuguese share: words for digits, teens and tens, and a word between tens and digits.
class Grammar : public NumberGrammar {
 public:
  std::optional<SpelledNumber> two_digits(const Words& words, std::size_t at) const override {
    const auto found = below_hundred(words, at);
    return found && found->value >= 10 ? found : std::nullopt;
  }

 protected:
  Grammar(Values digits, Values teens, Values tens, std::string_view between)
      : digits_(std::move(digits)), teens_(std::move(teens)), tens_(std::move(tens)), between_(between) {}

  std::optional<SpelledNumber> below_hundred(const Words& words, std::size_t at) const {
    const std::string word = word_at(words, at);
    if (const auto digit = value_in(digits_, word)) return SpelledNumber{*digit, 1};
    if (const auto teen = value_in(teens_, word)) return SpelledNumber{*teen, 1};
    const auto tens = value_in(tens_, word);
    if (!tens) return std::nullopt;
    std::size_t next = at + 1;
    if (!between_.empty()) {
      if (next_word(words, next) != between_) return SpelledNumber{*tens, 1};
      ++next;
    }
    const auto digit = value_in(digits_, next_word(words, next));
    if (!digit || *digit == 0) return SpelledNumber{*tens, 1};
    return SpelledNumber{*tens + *digit, next + 1 - at};
  }

  /// An hour by word or numeral.
  std::optional<int> hour(const Words& words, std::size_t at, int most) const {
    const std::string word = word_at(words, at);
    if (const auto value = numeral(word, most)) return value;
    for (const Values* values : {&digits_, &teens_}) {
      const auto value = value_in(*values, word);
      if (value && *value >= 1 && *value <= most) return value;
    }
    return std::nullopt;
  }

  Values digits_, teens_, tens_;
  std::string_view between_;  ///< "e" in "vinte e cinco"; empty in English.
};

class English final : public Grammar {
 public:
  English()
      : Grammar({{"zero", 0}, {"one", 1}, {"two", 2}, {"three", 3}, {"four", 4}, {"five", 5}, {"six", 6}, {"seven", 7}, {"eight", 8}, {"nine", 9}},
                {{"ten", 10}, {"eleven", 11}, {"twelve", 12}, {"thirteen", 13}, {"fourteen", 14}, {"fifteen", 15}, {"sixteen", 16},
                 {"seventeen", 17}, {"eighteen", 18}, {"nineteen", 19}},
                {{"twenty", 20}, {"thirty", 30}, {"forty", 40}, {"fifty", 50}, {"sixty", 60}, {"seventy", 70}, {"eighty", 80}, {"ninety", 90}},
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
    static const Set words{"number", "extension", "room", "code", "pin", "apartment", "flight", "gate", "suite", "zip", "option"};
    return words.contains(folded);
  }

  bool is_ordinal(std::string_view folded) const override {
    static const Set words{"first", "second", "third", "fifth", "eighth", "ninth", "twelfth"};
    static const Set stems{"four", "six", "seven", "ten", "eleven"};
    if (words.contains(folded)) return true;
    if (!folded.ends_with("th")) return false;
    const auto stem = folded.substr(0, folded.size() - 2);
    return stems.contains(stem) || stem.ends_with("teen") || folded.ends_with("tieth");
  }

  std::optional<int> small_ordinal(std::string_view folded) const override {
    static const Values ordinals{{"first", 1}, {"second", 2}, {"third", 3},   {"fourth", 4}, {"fifth", 5},
                                 {"sixth", 6}, {"seventh", 7}, {"eighth", 8}, {"ninth", 9}};
    return value_in(ordinals, std::string(folded));
  }

  bool is_about_money(std::string_view folded) const override {
    static const Set words{"cost", "costs", "price", "pay", "paid", "charge", "charged", "dollars", "euros", "pounds", "bucks", "reais"};
    return words.contains(folded);
  }

  char decimal_mark() const override { return '.'; }
  char thousands_mark() const override { return ','; }

  std::optional<SpelledNumber> time(const Words& words, std::size_t at) const override {
    if (auto spoken = past_or_to(words, at)) return spoken;
    const auto begins = hour(words, at, 12);
    const bool numeral_hour = begins && numeral(word_at(words, at), 12);
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
    const auto rest = with_and == 0 && is_thousand_part(words, at) ? below_thousand(words, at) : below_hundred(words, at + with_and);
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
    static const Set before{"at", "by", "until", "till", "before", "after", "around", "about", "it's", "its"};
    static const Set after{"am", "pm", "a", "p"};
    if (first > 0 && before.contains(word_at(words, first - 1))) return true;
    const std::string next = next_word(words, end);
    if (next == "a" || next == "p") return word_at(words, end + 1) == "m";
    return after.contains(next) || (next == "in" && word_at(words, end + 1) == "the");
  }
};

class Portuguese final : public Grammar {
 public:
  Portuguese()
      : Grammar({{"zero", 0}, {"um", 1}, {"uma", 1}, {"dois", 2}, {"duas", 2}, {"três", 3}, {"tres", 3}, {"quatro", 4}, {"cinco", 5}, {"seis", 6},
                 {"sete", 7}, {"oito", 8}, {"nove", 9}},
                {{"dez", 10}, {"onze", 11}, {"doze", 12}, {"treze", 13}, {"catorze", 14}, {"quatorze", 14}, {"quinze", 15}, {"dezesseis", 16},
                 {"dezasseis", 16}, {"dezessete", 17}, {"dezassete", 17}, {"dezoito", 18}, {"dezenove", 19}, {"dezanove", 19}},
                {{"vinte", 20}, {"trinta", 30}, {"quarenta", 40}, {"cinquenta", 50}, {"sessenta", 60}, {"setenta", 70}, {"oitenta", 80},
                 {"noventa", 90}},
                "e"),
        hundreds_{{"cem", 100}, {"cento", 100}, {"duzentos", 200}, {"duzentas", 200}, {"trezentos", 300}, {"trezentas", 300},
                  {"quatrocentos", 400}, {"quatrocentas", 400}, {"quinhentos", 500}, {"quinhentas", 500}, {"seiscentos", 600},
                  {"seiscentas", 600}, {"setecentos", 700}, {"setecentas", 700}, {"oitocentos", 800}, {"oitocentas", 800},
                  {"novecentos", 900}, {"novecentas", 900}} {}

  std::optional<SpelledNumber> cardinal(const Words& words, std::size_t at) const override {
    auto number = word_at(words, at) == "mil" ? SpelledNumber{1, 0} : below_thousand(words, at).value_or(SpelledNumber{});
    if (number.value == 0 && number.words == 0) return std::nullopt;
    const bool thousands = number.words == 0 || (number.value > 1 && next_word(words, at + number.words) == "mil");
    if (!thousands) return number;
    number = {number.value * 1000, number.words + 1};
    const std::size_t with_and = next_word(words, at + number.words) == between_ ? 1 : 0;
    const std::size_t next = at + number.words + with_and;
    const auto rest = joined(words, next) ? below_thousand(words, next) : std::nullopt;
    if (rest && rest->value > 0) return SpelledNumber{number.value + rest->value, number.words + with_and + rest->words};
    const bool thousand_of_something = number.words == 1;  // "mil desculpas"
    return thousand_of_something ? std::nullopt : std::optional(number);
  }

  std::optional<int> digit(std::string_view folded, bool within) const override {
    if (within && folded == "meia") return 6;  // half a dozen: how a six is said on the telephone
    if (folded == "uma" || folded == "duas") return std::nullopt;
    return value_in(digits_, std::string(folded));
  }

  std::optional<int> repetition(std::string_view) const override { return std::nullopt; }

  bool announces_digits(std::string_view folded) const override {
    static const Set words{"número", "numero", "ramal", "extensão", "quarto", "sala", "código", "codigo", "senha", "apartamento", "voo", "portão", "opção"};
    return words.contains(folded);
  }

  bool is_ordinal(std::string_view folded) const override { return folded.ends_with("ésimo") || folded.ends_with("ésima"); }

  std::optional<int> small_ordinal(std::string_view) const override { return std::nullopt; }

  bool is_about_money(std::string_view folded) const override {
    static const Set words{"custa", "custam", "custou", "custava", "preço", "pagar", "pago", "paga", "paguei", "sai", "saiu", "deu",
                           "reais", "dólares", "euros"};
    return words.contains(folded);
  }

  char decimal_mark() const override { return ','; }
  char thousands_mark() const override { return '.'; }

  std::optional<SpelledNumber> time(const Words& words, std::size_t at) const override {
    if (const auto spoken = minutes_to(words, at)) return spoken;
    if (word_at(words, at) == "meio" && joined(words, at + 1) && word_at(words, at + 1) == "dia") return half_after(words, at, 2, 12);
    if (word_at(words, at) == "meia" && joined(words, at + 1) && word_at(words, at + 1) == "noite") return half_after(words, at, 2, 0);
    const auto begins = hour(words, at, 23);
    const bool after_hour_word = next_word(words, at + 1) == "horas";
    const std::size_t hour_words = after_hour_word ? 2 : 1;
    if (!begins || next_word(words, at + hour_words) != between_) return std::nullopt;
    if (next_word(words, at + hour_words + 1) == "meia") {
      const std::size_t length = hour_words + 2;
      if (!tells_time(words, at, at + length)) return std::nullopt;
      return SpelledNumber{*begins * 60 + 30, length};
    }
    const auto minutes = joined(words, at + hour_words + 1) ? below_hundred(words, at + hour_words + 1) : std::nullopt;
    if (!minutes || minutes->value == 0 || minutes->value > 59) return std::nullopt;
    const std::size_t length = hour_words + 1 + minutes->words;
    if (!tells_time(words, at, at + length)) return std::nullopt;
    return SpelledNumber{*begins * 60 + minutes->value, length};
  }

 private:
  std::optional<SpelledNumber> below_thousand(const Words& words, std::size_t at) const {
    const auto hundreds = value_in(hundreds_, word_at(words, at));
    if (!hundreds) return below_hundred(words, at);
    if (next_word(words, at + 1) != between_ || !joined(words, at + 2)) return SpelledNumber{*hundreds, 1};
    const auto rest = below_hundred(words, at + 2);
    if (!rest || rest->value == 0) return SpelledNumber{*hundreds, 1};
    return SpelledNumber{*hundreds + rest->value, 2 + rest->words};
  }

  /// "quinze para as quatro".
  std::optional<SpelledNumber> minutes_to(const Words& words, std::size_t at) const {
    static const Set articles{"as", "às", "a", "à", "o"};
    const auto minutes = below_hundred(words, at);
    if (!minutes || minutes->value < 5 || minutes->value > 30 || minutes->value % 5 != 0) return std::nullopt;
    const std::size_t next = at + minutes->words;
    const std::string relation = next_word(words, next);
    if ((relation != "para" && relation != "pra" && relation != "pras") || !articles.contains(next_word(words, next + 1))) {
      return std::nullopt;
    }
    if (next_word(words, next + 2) == "meio" && word_at(words, next + 3) == "dia") return SpelledNumber{12 * 60 - minutes->value, next + 4 - at};
    const auto of = joined(words, next + 2) ? hour(words, next + 2, 12) : std::nullopt;
    if (!of || *of == 0) return std::nullopt;
    const std::int64_t total = *of * 60 - minutes->value;
    return SpelledNumber{total < 60 ? total + 12 * 60 : total, next + 3 - at};
  }

  /// "meio-dia e meia".
  std::optional<SpelledNumber> half_after(const Words& words, std::size_t at, std::size_t length, int hours) const {
    if (next_word(words, at + length) != between_ || next_word(words, at + length + 1) != "meia") return std::nullopt;
    return SpelledNumber{hours * 60 + 30, length + 2};
  }

  static bool tells_time(const Words& words, std::size_t first, std::size_t end) {
    static const Set before{"às", "as", "das", "pelas", "são", "à"};
    static const Set parts_of_day{"tarde", "manhã", "noite", "madrugada"};
    if (first > 0 && before.contains(word_at(words, first - 1))) return true;
    return next_word(words, end) == "da" && parts_of_day.contains(word_at(words, end + 1));
  }

  Values hundreds_;
};

}  // namespace

const NumberGrammar* NumberGrammar::of(const Language& language) {
  static const English english;
  static const Portuguese portuguese;
  if (language.code() == "en") return &english;
  return language.code() == "pt" ? &portuguese : nullptr;
}

}  // namespace parley::translation
