// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/phonemes.h"

#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "synthesis/espeak.h"
#include "synthesis/text_for_speech.h"

namespace parley::synthesis {
namespace {

std::string phonemes(std::string_view code, std::string_view text, std::string_view voice = {}) {
  const auto language = Language::parse(code).value();
  const auto result = to_phonemes(text_for_speech(text, language), *find_accent(language, voice));
  EXPECT_TRUE(result) << result.error().message;
  return result.value_or("");
}

TEST(Phonemes, ClauseMarksStay) {
  EXPECT_EQ(phonemes("pt", "Bom dia, Ana."), "bˈoŋ ʤˈiæ, ˈɐ̃næ.");
  EXPECT_EQ(phonemes("en", "Hello! How are you?"), "həlˈO! hˈW ɑɹ ju?");
  EXPECT_EQ(phonemes("en", "Wait… what?!"), "wˈAt… wˌʌt?");
}

TEST(Phonemes, MarksInsideAWordEndNoClause) {
  EXPECT_EQ(phonemes("en", "It's 3.5").find('.'), std::string::npos);
  EXPECT_EQ(phonemes("en", "the U.S. market").find('.'), std::string::npos);
}

TEST(Phonemes, DigitsAreSpokenInTheLanguage) {
  EXPECT_EQ(phonemes("en", "447-219"), phonemes("en", "four four seven, two one nine"));
  EXPECT_EQ(phonemes("pt", "447-239"), phonemes("pt", "quatro quatro sete, dois três nove"));
  EXPECT_EQ(phonemes("es", "447-219"), phonemes("es", "cuatro cuatro siete, dos uno nueve"));
  EXPECT_EQ(phonemes("it", "50%"), phonemes("it", "cinquanta per cento"));
}

TEST(Phonemes, EveryLanguageOfKokoroThatEspeakKnowsSpeaks) {
  EXPECT_FALSE(phonemes("fr", "Bonjour, ça va ?").empty());
  EXPECT_FALSE(phonemes("it", "Buongiorno a tutti.").empty());
  EXPECT_FALSE(phonemes("es", "Buenos días.").empty());
  EXPECT_FALSE(phonemes("hi", "नमस्ते।").empty());
}

TEST(Phonemes, OthersHaveNoAccent) {
  for (const auto* code : {"ja", "zh", "de", "xx"})
    EXPECT_EQ(find_accent(Language::parse(code).value(), "jf_alpha"), nullptr) << code;
}

TEST(Phonemes, BritishVoicesSpeakBritish) {
  EXPECT_NE(phonemes("en", "water", "bf_emma"), phonemes("en", "water", "af_heart"));
  EXPECT_EQ(phonemes("pt", "água", "bf_emma"), phonemes("pt", "água", "pf_dora"));
}

TEST(Phonemes, NothingSpokenGivesNothing) { EXPECT_EQ(phonemes("en", " ?! … "), ""); }

TEST(Phonemes, AnUnknownEspeakVoiceIsUnsupportedAndHarmsNoOther) {
  EXPECT_EQ(espeak_ipa("a", "no-such-voice").error().code, ErrorCode::kUnsupported);
  EXPECT_EQ(phonemes("pt", "dia"), "ʤˈiæ");
}

TEST(Phonemes, AVeryLongTextIsReadToItsEnd) {
  std::string text;
  for (int i = 0; i < 400; ++i) text += "muito longe ";
  const auto result = phonemes("pt", text);
  std::size_t count = 0;
  for (std::size_t at = result.find("lˈoŋ"); at != std::string::npos; at = result.find("lˈoŋ", at + 1)) ++count;
  EXPECT_EQ(count, 400U);
}

TEST(Phonemes, ManyThreadsInManyLanguagesGetTheSameAsOne) {
  const std::string english = phonemes("en", "Good morning, everyone.");
  const std::string portuguese = phonemes("pt", "Bom dia a todos.");
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int round = 0; round < 50; ++round) {
        if (i % 2 == 0) {
          EXPECT_EQ(phonemes("en", "Good morning, everyone."), english);
        } else {
          EXPECT_EQ(phonemes("pt", "Bom dia a todos."), portuguese);
        }
      }
    });
  }
}

}  // namespace
}  // namespace parley::synthesis
