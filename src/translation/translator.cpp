// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/translator.h"

namespace parley::translation {

const LanguageRules& Translator::rules(const Language&) const {
  static const LanguageRules none;
  return none;
}

}  // namespace parley::translation
