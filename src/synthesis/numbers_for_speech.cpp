// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/numbers_for_speech.h"

#include <algorithm>

#include "synthesis/characters.h"
#include "synthesis/written_numbers.h"

namespace parley::synthesis {
namespace {

using Text = std::u32string_view;

std::u32string replace(Text pattern, Text placeholder, Text value) {
  std::u32string out(pattern);
  if (const std::size_t position = out.find(placeholder); position != std::u32string::npos)
    out.replace(position, placeholder.size(), value);
  return out;
}

std::u32string join(Text first, Text second) { return std::u32string(first).append(U" ").append(second); }

class NumberSpeaker {
 public:
  NumberSpeaker(Text text, const SpeechWords& words) : text_(text), words_(words) {}

  std::u32string run() {
    while (at_ < text_.size()) {
      const bool number = is_digit(text_[at_]);
      const bool groups = number || ((text_[at_] == U'+' || text_[at_] == U'(') && is_digit(peek(at_ + 1)));
      if (money_with_sign_before() || (number && clock()) || (groups && digit_groups()) ||
          (number && (date() || quantity())))
        continue;
      out_ += text_[at_++];
    }
    return std::move(out_);
  }

 private:
  char32_t peek(std::size_t position) const { return at(text_, position); }
  std::size_t after_space(std::size_t position) const { return peek(position) == U' ' ? position + 1 : position; }
  Text rest(std::size_t position) const { return text_.substr(std::min(position, text_.size())); }

  void say(Text spoken, std::size_t end) {
    if (!out_.empty() && is_word_character(out_.back())) out_ += U' ';
    out_ += spoken;
    at_ = end;
    if (is_word_character(peek(at_))) out_ += U' ';
  }

  // A listed word at the position, whole.
  const Replacement* word_at(std::size_t position, std::span<const Replacement> list) const {
    for (const auto& entry : list) {
      if (rest(position).starts_with(entry.written) && !is_word_character(peek(position + entry.written.size())))
        return &entry;
    }
    return nullptr;
  }

  // --- Quantities.

  std::u32string decimal(const Quantity& quantity) const {
    const auto whole = without_leading_zeros(quantity.whole);
    return quantity.fraction.empty() ? whole : whole + words_.decimal + quantity.fraction;
  }

  // A number that counts nothing we know: it may be a code, or a year.
  std::u32string bare(const Quantity& quantity) const {
    const Text whole = quantity.whole;
    if (!quantity.fraction.empty() || quantity.grouped) return decimal(quantity);
    const bool round = whole.ends_with(U"00");
    if ((whole.size() > 1 && whole[0] == U'0') || (whole.size() >= 5 && !round)) return spell_digits(whole);
    if (words_.years_in_pairs && whole.size() == 4 && !round) {
      const int year = value_of(whole);
      if ((year > 1100 && year < 2000) || (year >= 2010 && year < 2100)) {
        const bool oh = whole[2] == U'0';
        return join(whole.substr(0, 2), oh ? join(U"oh", whole.substr(3)) : std::u32string(whole.substr(2)));
      }
    }
    return std::u32string(whole);
  }

  bool quantity() {
    const auto quantity = read_quantity(text_, at_, words_);
    if (!quantity) return dotted_numbers();
    const std::size_t next = after_space(quantity->end);
    if (peek(next) == U'%') {
      say(join(decimal(*quantity), words_.percent), next + 1);
    } else if (const std::size_t sign = degree_sign_at(next); sign > 0) {
      say(join(decimal(*quantity), words_.degrees), next + sign);
    } else if (const auto* unit = word_at(next, words_.units); unit != nullptr) {
      say(join(decimal(*quantity), unit->spoken), next + unit->written.size());
    } else if (money_with_sign_after(*quantity)) {
      return true;
    } else if (is_letter(peek(quantity->end))) {  // "21st", "2º", "4x": one word, read as it stands
      out_ += text_.substr(at_, quantity->end - at_);
      at_ = quantity->end;
    } else {
      say(bare(*quantity), quantity->end);
    }
    return true;
  }

  // The length of "°", "°C" or "ºC" at the position; 0 when there is none.
  std::size_t degree_sign_at(std::size_t position) const {
    const bool scale =
        (peek(position + 1) == U'C' || peek(position + 1) == U'F') && !is_word_character(peek(position + 2));
    if (peek(position) == U'°') return scale ? 2 : 1;
    return peek(position) == U'º' && scale ? 2 : 0;
  }

  // "192.168.0.1", "1.2.3": numbers with a dot said between them.
  bool dotted_numbers() {
    std::u32string spoken;
    std::size_t position = at_;
    while (true) {
      const std::size_t count = count_digits(text_, position);
      spoken += text_.substr(position, count);
      position += count;
      const char32_t sign = peek(position);
      if ((sign != U'.' && sign != U',') || !is_digit(peek(position + 1))) break;
      spoken += sign == U'.' ? join(join(U"", words_.dot), U"") : U", ";
      ++position;
    }
    say(spoken, position);
    return true;
  }

  // "12/05/2024", "24/7": the numbers one after the other.
  bool date() {
    std::u32string spoken;
    std::size_t position = at_;
    while (true) {
      const std::size_t count = count_digits(text_, position);
      spoken += without_leading_zeros(text_.substr(position, count));
      position += count;
      if (peek(position) != U'/' || !is_digit(peek(position + 1))) break;
      spoken += U' ';
      ++position;
    }
    if (spoken.find(U' ') == std::u32string::npos || !number_ends(text_, position)) return false;
    say(spoken, position);
    return true;
  }

  // --- Money.

  const Currency* currency_at(std::size_t position) const {
    for (const auto& currency : words_.currencies) {
      if (rest(position).starts_with(currency.sign)) return &currency;
    }
    return nullptr;
  }

  bool money_with_sign_before() {
    if (at_ > 0 && is_letter(text_[at_ - 1])) return false;
    const Currency* currency = currency_at(at_);
    if (currency == nullptr) return false;
    const auto quantity = read_quantity(text_, after_space(at_ + currency->sign.size()), words_);
    if (!quantity) return false;
    say_money(*quantity, *currency, quantity->end);
    return true;
  }

  bool money_with_sign_after(const Quantity& quantity) {
    const std::size_t next = after_space(quantity.end);
    const Currency* currency = currency_at(next);
    // "5 $3" is a number and then an amount.
    if (currency == nullptr || is_digit(peek(after_space(next + currency->sign.size())))) return false;
    say_money(quantity, *currency, next + currency->sign.size());
    return true;
  }

  void say_money(const Quantity& quantity, const Currency& currency, std::size_t end) {
    const auto count = [](Text number, const Noun& noun) {
      return join(number, number == U"1" ? noun.one : noun.many);
    };
    if (const auto* scale = word_at(after_space(end), words_.scales); scale != nullptr) {
      return say(join(join(decimal(quantity), scale->spoken), currency.unit.many),
                 after_space(end) + scale->written.size());
    }
    if (quantity.fraction.size() != 2) return say(count(decimal(quantity), currency.unit), end);
    const auto whole = without_leading_zeros(quantity.whole);
    const auto cents = without_leading_zeros(quantity.fraction);
    if (cents == U"0") return say(count(whole, currency.unit), end);
    if (whole == U"0") return say(count(cents, currency.cent), end);
    say(join(join(count(whole, currency.unit), words_.and_), count(cents, currency.cent)), end);
  }

  // --- Times.

  bool clock() {
    const std::size_t hour_digits = count_digits(text_, at_);
    const std::size_t sign = at_ + hour_digits;
    if (hour_digits > 2 || value_of(text_.substr(at_, hour_digits)) > 24 || (peek(sign) != U':' && peek(sign) != U'h'))
      return false;
    const std::size_t minute_digits = count_digits(text_, sign + 1);
    const Text minute = minute_digits == 0 ? Text(U"00") : text_.substr(sign + 1, minute_digits);
    const bool plausible = minute.size() == 2 && value_of(minute) < 60 && (minute_digits == 2 || peek(sign) == U'h');
    const std::size_t end = sign + 1 + minute_digits;
    if (!plausible || !number_ends(text_, end)) return false;
    say_clock(text_.substr(at_, hour_digits), minute, end);
    return true;
  }

  void say_clock(Text hour_written, Text minute_written, std::size_t end) {
    const auto number = without_leading_zeros(hour_written);
    std::u32string hour = number;
    for (const auto& form : words_.hours) {
      if (form.written == number) hour = form.spoken;
    }
    const auto* half_of_day = word_at(after_space(end), words_.units);
    std::u32string spoken;
    if (minute_written != U"00") {
      auto minute = without_leading_zeros(minute_written);
      if (minute.size() == 1) minute = std::u32string(words_.zero_before_minute) + minute;
      spoken = replace(replace(words_.hour_and_minutes, U"{h}", hour), U"{m}", minute);
    } else {
      const bool one = number == U"1" && !words_.full_hour_of_one.empty();
      spoken = replace(one ? words_.full_hour_of_one : words_.full_hour, U"{h}", hour);
      // "15:00 horas" and "3:00 pm" have their word already.
      if (half_of_day != nullptr || rest(end).starts_with(Text(spoken).substr(hour.size()))) spoken = hour;
    }
    if (half_of_day != nullptr) {
      spoken = join(spoken, half_of_day->spoken);
      end = after_space(end) + half_of_day->written.size();
    }
    say(spoken, end);
  }

  // --- Digit groups.

  bool digit_groups() {
    const DigitGroups groups = read_digit_groups(text_, at_);
    if (groups.digits.empty()) return false;
    if (groups.is_code()) {
      say_code(groups);
    } else if (groups.is_range()) {
      say_range(groups);
    } else if (groups.international) {
      say(join(words_.plus, U""), at_ + 1);
    } else {
      return false;
    }
    return true;
  }

  void say_range(const DigitGroups& groups) {
    const auto range = join(join(groups.digits[0], words_.to), groups.digits[1]);
    const std::size_t next = after_space(groups.end);
    if (peek(next) == U'%') return say(join(range, words_.percent), next + 1);
    if (const auto* unit = word_at(next, words_.units); unit != nullptr)
      return say(join(range, unit->spoken), next + unit->written.size());
    say(range, groups.end);
  }

  void say_code(const DigitGroups& groups) {
    std::u32string spoken = groups.international ? join(words_.plus, U"") : std::u32string();
    for (std::size_t i = 0; i < groups.digits.size(); ++i) {
      if (i > 0) {
        const bool singles =
            groups.digits[i].size() == 1 && groups.digits[i - 1].size() == 1 && groups.separators[i - 1] == U' ';
        spoken += singles ? U" " : U", ";
      }
      spoken += spell_digits(groups.digits[i]);
    }
    say(spoken, groups.end);
  }

  const Text text_;
  const SpeechWords& words_;
  std::size_t at_ = 0;
  std::u32string out_;
};

}  // namespace

std::u32string speak_numbers(std::u32string_view text, const SpeechWords& words) {
  return NumberSpeaker(text, words).run();
}

}  // namespace parley::synthesis
