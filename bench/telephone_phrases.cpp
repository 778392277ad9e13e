// SPDX-License-Identifier: GPL-3.0-or-later
#include "telephone_phrases.h"

#include <fstream>
#include <sstream>

#include "give_up.h"

namespace parley::bench {

std::vector<TelephonePhrase> telephone_phrases(Speaks speaks) {
  std::ifstream file(PARLEY_BENCH_DATA "/telephone-phrases.tsv");
  std::vector<TelephonePhrase> phrases;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream fields(line);
    TelephonePhrase phrase;
    std::string meaning;
    std::getline(fields, phrase.language, '\t');
    std::getline(fields, phrase.text, '\t');
    std::getline(fields, meaning, '\t');
    if (speaks == Speaks::kEnglishOnly && !meaning.empty()) phrase = {"en", meaning};
    phrases.push_back(std::move(phrase));
  }
  if (phrases.empty()) give_up("there are no phrases in " PARLEY_BENCH_DATA "/telephone-phrases.tsv");
  return phrases;
}

}  // namespace parley::bench
