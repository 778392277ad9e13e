// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/number_grammar.h"

namespace parley::translation {
namespace {

class Portuguese final : public TensAndDigits {
 public:
  Portuguese()
      : TensAndDigits({{"zero", 0},
                       {"um", 1},
                       {"uma", 1},
                       {"dois", 2},
                       {"duas", 2},
                       {"três", 3},
                       {"tres", 3},
                       {"quatro", 4},
                       {"cinco", 5},
                       {"seis", 6},
                       {"sete", 7},
                       {"oito", 8},
                       {"nove", 9}},
                      {{"dez", 10},
                       {"onze", 11},
                       {"doze", 12},
                       {"treze", 13},
                       {"catorze", 14},
                       {"quatorze", 14},
                       {"quinze", 15},
                       {"dezesseis", 16},
                       {"dezasseis", 16},
                       {"dezessete", 17},
                       {"dezassete", 17},
                       {"dezoito", 18},
                       {"dezenove", 19},
                       {"dezanove", 19}},
                      {{"vinte", 20},
                       {"trinta", 30},
                       {"quarenta", 40},
                       {"cinquenta", 50},
                       {"sessenta", 60},
                       {"setenta", 70},
                       {"oitenta", 80},
                       {"noventa", 90}},
                      "e"),
        hundreds_{{"cem", 100},        {"cento", 100},      {"duzentos", 200},     {"duzentas", 200},
                  {"trezentos", 300},  {"trezentas", 300},  {"quatrocentos", 400}, {"quatrocentas", 400},
                  {"quinhentos", 500}, {"quinhentas", 500}, {"seiscentos", 600},   {"seiscentas", 600},
                  {"setecentos", 700}, {"setecentas", 700}, {"oitocentos", 800},   {"oitocentas", 800},
                  {"novecentos", 900}, {"novecentas", 900}} {}

  std::optional<SpelledNumber> cardinal(const Words& words, std::size_t at) const override {
    auto number =
        word_at(words, at) == "mil" ? SpelledNumber{1, 0} : below_thousand(words, at).value_or(SpelledNumber{});
    if (number.value == 0 && number.words == 0) return std::nullopt;
    const bool thousands = number.words == 0 || (number.value > 1 && next_word(words, at + number.words) == "mil");
    if (!thousands) return number;
    number = {number.value * 1000, number.words + 1};
    const std::size_t with_and = next_word(words, at + number.words) == between_ ? 1 : 0;
    const std::size_t next = at + number.words + with_and;
    const auto rest = joined(words, next) ? below_thousand(words, next) : std::nullopt;
    if (rest && rest->value > 0)
      return SpelledNumber{number.value + rest->value, number.words + with_and + rest->words};
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
    static const WordSet words{"número", "numero", "ramal",       "extensão", "quarto", "sala", "código",
                               "codigo", "senha",  "apartamento", "voo",      "portão", "opção"};
    return words.contains(folded);
  }

  bool is_ordinal(std::string_view folded) const override {
    return folded.ends_with("ésimo") || folded.ends_with("ésima");
  }

  std::optional<int> small_ordinal(std::string_view) const override { return std::nullopt; }

  bool is_about_money(std::string_view folded) const override {
    static const WordSet words{"custa",  "custam", "custou", "custava", "preço", "pagar",   "pago", "paga",
                               "paguei", "sai",    "saiu",   "deu",     "reais", "dólares", "euros"};
    return words.contains(folded);
  }

  char decimal_mark() const override { return ','; }
  char thousands_mark() const override { return '.'; }

  std::optional<SpelledNumber> time(const Words& words, std::size_t at) const override {
    if (const auto spoken = minutes_to(words, at)) return spoken;
    if (word_at(words, at) == "meio" && joined(words, at + 1) && word_at(words, at + 1) == "dia")
      return half_after(words, at, 2, 12);
    if (word_at(words, at) == "meia" && joined(words, at + 1) && word_at(words, at + 1) == "noite")
      return half_after(words, at, 2, 0);
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
    static const WordSet articles{"as", "às", "a", "à", "o"};
    const auto minutes = below_hundred(words, at);
    if (!minutes || minutes->value < 5 || minutes->value > 30 || minutes->value % 5 != 0) return std::nullopt;
    const std::size_t next = at + minutes->words;
    const std::string relation = next_word(words, next);
    if ((relation != "para" && relation != "pra" && relation != "pras") ||
        !articles.contains(next_word(words, next + 1))) {
      return std::nullopt;
    }
    if (next_word(words, next + 2) == "meio" && word_at(words, next + 3) == "dia")
      return SpelledNumber{12 * 60 - minutes->value, next + 4 - at};
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
    static const WordSet before{"às", "as", "das", "pelas", "são", "à"};
    static const WordSet parts_of_day{"tarde", "manhã", "noite", "madrugada"};
    if (first > 0 && before.contains(word_at(words, first - 1))) return true;
    return next_word(words, end) == "da" && parts_of_day.contains(word_at(words, end + 1));
  }

  NumberValues hundreds_;
};

}  // namespace

const NumberGrammar& portuguese_numbers() {
  static const Portuguese grammar;
  return grammar;
}

}  // namespace parley::translation
