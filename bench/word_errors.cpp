// SPDX-License-Identifier: GPL-3.0-or-later
#include "word_errors.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <sstream>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace parley::bench {
namespace {

constexpr std::array<const char*, 20> kOnes{
    "zero", "one",    "two",    "three",    "four",     "five",    "six",     "seven",     "eight",    "nine",
    "ten",  "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
constexpr std::array<const char*, 10> kTens{"",      "",      "twenty",  "thirty", "forty",
                                            "fifty", "sixty", "seventy", "eighty", "ninety"};

/// Up to 999 as a number, longer ones digit by digit, as people read codes.
std::string number_in_words(std::string_view digits) {
  if (digits.size() > 3) {
    std::string words;
    for (char digit : digits) words += fmt::format("{} ", kOnes[static_cast<std::size_t>(digit - '0')]);
    return words;
  }
  std::size_t number = 0;
  for (char digit : digits) number = number * 10 + static_cast<std::size_t>(digit - '0');
  std::string words;
  if (number >= 100) words += fmt::format("{} hundred ", kOnes[number / 100]);
  if (number >= 100 && number % 100 == 0) return words;
  number %= 100;
  if (number < 20) return words + kOnes[number];
  return words + kTens[number / 10] + (number % 10 != 0 ? fmt::format(" {}", kOnes[number % 10]) : "");
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

std::vector<std::string> words_of(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string normalized_english(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (is_digit(c)) {
      const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_digit);
      const auto length = static_cast<std::size_t>(end - text.begin()) - at;
      plain += ' ' + number_in_words(text.substr(at, length)) + ' ';
      at += length - 1;
    } else if (c >= 'A' && c <= 'Z') {
      plain += static_cast<char>(c - 'A' + 'a');
    } else if (c >= 'a' && c <= 'z') {
      plain += c;
    } else if (text.substr(at).starts_with("\u2019")) {
      at += 2;  // An apostrophe, like the plain one, joins.
    } else if (c == '#' || c == '*') {
      plain += c == '#' ? " pound " : " star ";
    } else if (c != '\'') {
      plain += ' ';
    }
  }
  std::string joined = " ";
  for (const auto& word : words_of(plain)) joined += word + ' ';
  constexpr std::array<std::pair<const char*, const char*>, 4> kAlike{{{" voice mail ", " voicemail "},
                                                                       {" thru ", " through "},
                                                                       {" touch tone ", " touchtone "},
                                                                       {" key pad ", " keypad "}}};
  for (const auto& [from, to] : kAlike) replace_all(joined, from, to);
  return joined;
}

std::string normalized_portuguese(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == 0xC3 && i + 1 < text.size()) {  // À…ß are U+00C0…DF, their small letters 0x20 further
      const auto next = static_cast<unsigned char>(text[++i]);
      out += "\xC3";
      out += static_cast<char>(next < 0xA0 ? next + 0x20 : next);
    } else if (c == '9') {
      out += "nove";
    } else if (c < 0x80) {
      out += std::isalnum(c) ? static_cast<char>(std::tolower(c)) : ' ';
    } else {
      out += text[i];
    }
  }
  return out;
}

WordErrors& WordErrors::operator+=(const WordErrors& other) {
  errors += other.errors;
  words += other.words;
  return *this;
}

WordErrors count_word_errors(std::string_view said, std::string_view heard) {
  const auto reference = words_of(said);
  const auto hypothesis = words_of(heard);
  std::vector<std::size_t> costs(hypothesis.size() + 1);
  std::iota(costs.begin(), costs.end(), std::size_t{0});
  for (std::size_t i = 0; i < reference.size(); ++i) {
    std::size_t diagonal = std::exchange(costs[0], i + 1);
    for (std::size_t j = 0; j < hypothesis.size(); ++j) {
      const std::size_t replaced = diagonal + (reference[i] == hypothesis[j] ? 0 : 1);
      diagonal = costs[j + 1];
      costs[j + 1] = std::min({costs[j + 1] + 1, costs[j] + 1, replaced});
    }
  }
  return {costs.back(), reference.size()};
}

}  // namespace parley::bench
