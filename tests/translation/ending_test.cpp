// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/ending.h"

#include <gtest/gtest.h>

#include "base/paths.h"

namespace parley::translation {

void PrintTo(Ending ending, std::ostream* to) {
  *to << (ending == Ending::kComplete ? "complete" : ending == Ending::kOpen ? "open" : "unclear");
}

namespace {

using enum Ending;

struct Case {
  const char* text;
  Ending ending;
};

LanguageRules rules(const char* language) {
  const auto loaded = LanguageRules::load(default_data_directory(), *Language::parse(language));
  EXPECT_TRUE(loaded.has_value()) << loaded.error().message;
  return loaded.value_or(LanguageRules{});
}

TEST(Endings, OfEnglish) {
  const LanguageRules english = rules("en");
  for (const Case& each : std::initializer_list<Case>{
           {"Yes.", kComplete},
           {"No, thanks.", kComplete},
           {"Yes, please", kComplete},
           {"Thank you very much.", kComplete},
           {"Okay, thank you, bye.", kComplete},
           {"Yes, I do.", kComplete},
           {"I'm sorry.", kComplete},
           {"I would like to change my appointment.", kComplete},
           {"The package never came.", kComplete},
           {"It doesn't work.", kComplete},
           {"Hold on please.", kComplete},
           {"Can you hear me?", kComplete},
           {"Where are you from?", kComplete},
           {"How are they?", kComplete},
           {"what time is it", kComplete},
           {"Sure. I'll call you tomorrow.", kComplete},
           {"I'm calling because my.", kOpen},
           {"I would like to speak to the", kOpen},
           {"Can I speak to the?", kOpen},
           {"We need to cancel it and.", kOpen},
           {"I think that I.", kOpen},
           {"My name is.", kOpen},
           {"We ordered it from", kOpen},
           {"Well, um.", kOpen},
           {"Uh", kOpen},
           {"If you can't come on Monday,", kOpen},
           {"I was wondering...", kOpen},
           {"You know, we.", kOpen},
           {"And your.", kOpen},
           {"If you can't come on Monday.", kUnclear},
           {"When we arrived home.", kUnclear},
           {"John Smith.", kUnclear},
           {"On Monday.", kUnclear},
           {"the blue one", kUnclear},
           {"It's four four seven.", kUnclear},
           {"My account number is 447.", kUnclear},
           {"It's spelled S M I.", kUnclear},
           {"Twenty-five.", kUnclear},
           {"In the kitchen", kUnclear},
           {"", kUnclear},
           {"...", kUnclear},
       }) {
    EXPECT_EQ(ending_of(each.text, english), each.ending) << each.text;
  }
}

TEST(Endings, OfPortuguese) {
  const LanguageRules portuguese = rules("pt");
  for (const Case& each : std::initializer_list<Case>{
           {"Sim.", kComplete},
           {"Não, obrigada.", kComplete},
           {"Muito obrigado.", kComplete},
           {"Claro, pode ser.", kComplete},
           {"Tá bom, tchau.", kComplete},
           {"É isso mesmo.", kComplete},
           {"Eu queria mudar o meu horário.", kComplete},
           {"O pacote não chegou.", kComplete},
           {"Você está me ouvindo?", kComplete},
           {"Quem é?", kComplete},
           {"onde fica a loja", kComplete},
           {"Bom dia. Aqui é a Ana do suporte, em que posso ajudar?", kComplete},
           {"Estou ligando porque a minha.", kOpen},
           {"Eu queria falar com o", kOpen},
           {"Posso falar com a?", kOpen},
           {"Preciso cancelar e.", kOpen},
           {"Meu nome é.", kOpen},
           {"Eu comprei isso de", kOpen},
           {"Então, hum.", kOpen},
           {"Se você não puder vir na segunda,", kOpen},
           {"Não sei, eu.", kOpen},
           {"Eu estava pensando...", kOpen},
           {"Eu acho que.", kOpen},
           {"Se você não puder vir na segunda.", kUnclear},
           {"João Pereira.", kUnclear},
           {"Na segunda-feira.", kUnclear},
           {"É quatro quatro sete.", kUnclear},
           {"O número é 447.", kUnclear},
           {"Vinte e cinco.", kUnclear},
           {"Na cozinha", kUnclear},
       }) {
    EXPECT_EQ(ending_of(each.text, portuguese), each.ending) << each.text;
  }
}

TEST(Endings, OfALanguageWithoutListsAreJudgedByMarksAndLength) {
  const LanguageRules none = rules("cs");
  EXPECT_EQ(ending_of("Chtěl bych změnit svůj termín.", none), kComplete);
  EXPECT_EQ(ending_of("Slyšíte mě dobře?", none), kComplete);
  EXPECT_EQ(ending_of("Chtěl bych,", none), kOpen);
  EXPECT_EQ(ending_of("Na Moravě.", none), kUnclear);
  EXPECT_EQ(ending_of("4 4 7", none), kUnclear);
}

}  // namespace
}  // namespace parley::translation
