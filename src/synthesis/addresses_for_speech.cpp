// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/addresses_for_speech.h"

#include <algorithm>
#include <array>

#include "synthesis/characters.h"

namespace parley::synthesis {
namespace {

constexpr std::u32string_view kOpening = U"(\"'<[";
constexpr std::u32string_view kClosing = U")\"'>].,;:!?…";

// Endings that make a bare "example.com" a web address; others need "www." or "https://".
constexpr std::array<std::u32string_view, 16> kDomains = {U".com", U".org", U".net", U".edu", U".gov", U".info",
                                                          U".io",  U".app", U".br",  U".pt",  U".es",  U".fr",
                                                          U".it",  U".in",  U".uk",  U".us"};

std::u32string lower_ascii(std::u32string_view text) {
  std::u32string out(text);
  for (char32_t& c : out) {
    if (c >= U'A' && c <= U'Z') c += U'a' - U'A';
  }
  return out;
}

bool is_ascii(std::u32string_view text) {
  return std::ranges::all_of(text, [](char32_t c) { return c < 0x80; });
}

bool is_email(std::u32string_view word) {
  const std::size_t sign = word.find(U'@');
  return sign != std::u32string_view::npos && sign > 0 && word.find(U'.', sign + 2) != std::u32string_view::npos;
}

// The part of a web address that is said, empty when the word is none.
std::u32string_view spoken_part_of_url(std::u32string_view word) {
  const std::u32string lower = lower_ascii(word);
  std::size_t scheme = 0;
  for (const std::u32string_view prefix : {std::u32string_view(U"https://"), std::u32string_view(U"http://")}) {
    if (lower.starts_with(prefix)) scheme = prefix.size();
  }
  const std::size_t end = std::min(word.find_first_of(U"?#", scheme), word.size());
  auto part = word.substr(scheme, end - scheme);
  while (part.ends_with(U'/')) part.remove_suffix(1);
  const auto host = std::u32string_view(lower).substr(scheme, std::min(lower.find(U'/', scheme), end) - scheme);
  const bool known =
      std::ranges::any_of(kDomains, [&](auto domain) { return host.ends_with(domain) && host.size() > domain.size(); });
  const bool address =
      is_ascii(host) && (scheme > 0 || host.starts_with(U"www.") || (known && is_letter(host.front())));
  return address ? part : std::u32string_view{};
}

std::u32string spell(std::u32string_view address, const SpeechWords& words) {
  std::u32string out;
  for (const char32_t c : address) {
    switch (c) {
      case U'@': out.append(U" ").append(words.at).append(U" "); break;
      case U'.': out.append(U" ").append(words.dot).append(U" "); break;
      case U'-': out.append(U" ").append(words.dash).append(U" "); break;
      case U'_': out.append(U" ").append(words.underscore).append(U" "); break;
      case U'/': out.append(U" ").append(words.slash).append(U" "); break;
      case U'+': out.append(U" ").append(words.plus).append(U" "); break;
      default: out += c;
    }
  }
  return out;
}

std::u32string speak_word(std::u32string_view word, const SpeechWords& words) {
  const std::size_t first = word.find_first_not_of(kOpening);
  if (first == std::u32string_view::npos) return std::u32string(word);
  const std::size_t last = word.find_last_not_of(kClosing);
  if (last == std::u32string_view::npos || last < first) return std::u32string(word);
  const auto core = word.substr(first, last + 1 - first);
  const auto spoken = is_email(core) ? core : spoken_part_of_url(core);
  if (spoken.empty()) return std::u32string(word);
  return std::u32string(word.substr(0, first)).append(spell(spoken, words)).append(word.substr(last + 1));
}

}  // namespace

std::u32string speak_addresses(std::u32string_view text, const SpeechWords& words) {
  std::u32string out;
  while (true) {
    const std::size_t space = std::min(text.find(U' '), text.size());
    out += speak_word(text.substr(0, space), words);
    if (space == text.size()) return out;
    out += U' ';
    text.remove_prefix(space + 1);
  }
}

}  // namespace parley::synthesis
