// SPDX-License-Identifier: GPL-3.0-or-later
// Translates text as calls are translated, line by line: translate_text FROM TO < lines > translations
// What a call could have said had everything been heard right and whole: the reference of bench/call.
#include <iostream>
#include <string>

#include <fmt/core.h>

#include "base/language.h"
#include "give_up.h"
#include "translation/marian_translator.h"

int main(int argc, char** argv) {
  using namespace parley;
  if (argc != 3) {
    fmt::print(stderr, "usage: translate_text FROM TO < lines > translations\n");
    return 2;
  }
  const LanguagePair pair{bench::value_or_give_up(Language::parse(argv[1])),
                          bench::value_or_give_up(Language::parse(argv[2]))};
  const auto translator = bench::value_or_give_up(translation::MarianTranslator::load({.pairs = {pair}}));
  for (std::string line; std::getline(std::cin, line);)
    std::cout << bench::value_or_give_up(translator->translate({line, pair, {}})).text << "\n";
  return 0;
}
