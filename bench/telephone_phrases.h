// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace parley::bench {

struct TelephonePhrase {
  std::string language;  ///< "en" or "pt".
  std::string text;      ///< UTF-8.
};

/// Which phrases an engine can be measured on.
enum class Speaks {
  kBoth,         ///< 20 English and 20 Portuguese ones.
  kEnglishOnly,  ///< 40 English ones: what the Portuguese ones mean in their place.
};

/// The phrases of data/telephone-phrases.tsv in its order; ends the program when they are not there.
std::vector<TelephonePhrase> telephone_phrases(Speaks speaks);

}  // namespace parley::bench
