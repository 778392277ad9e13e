// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/incremental_translation.h"

#include <random>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "translation/scripted_translator.h"

namespace parley::translation {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::ScriptedTranslator;
using ::testing::StartsWith;
using Step = IncrementalTranslation::Step;

const LanguagePair kPair{*Language::parse("en"), *Language::parse("pt")};

class Incremental : public ::testing::Test {
 protected:
  explicit Incremental(CommitPolicy policy = {}) : translation_(translator_, kPair, policy) {}

  Step consider(const std::string& text, std::size_t agreed, bool complete = false) const {
    const auto step = translation_.consider({text, agreed, complete});
    EXPECT_TRUE(step.has_value()) << step.error().message;
    return step.value_or(Step{});
  }
  std::string hear(const std::string& text, std::size_t agreed, bool complete = false) {
    const Step step = consider(text, agreed, complete);
    translation_.accept(step);
    return step.say;
  }

  ScriptedTranslator translator_ = ScriptedTranslator::by_words();
  IncrementalTranslation translation_;
};

TEST_F(Incremental, AClauseIsSaidWhenAnAgreedWordStandsBehindIt) {
  EXPECT_EQ(hear("I called you yesterday, because nobody.", 3), "");
  EXPECT_EQ(hear("I called you yesterday, because nobody.", 4), "");
  const Step step = consider("I called you yesterday, because nobody came.", 5);
  EXPECT_EQ(step.say, "xI xcalled xyou xyesterday,");
  EXPECT_EQ(step.source_words, 4U);
}

TEST_F(Incremental, TheRestIsSaidOnceWhenTheSpeakerPauses) {
  hear("I called you yesterday, because nobody came.", 5);
  EXPECT_EQ(hear("I called you yesterday, because nobody came.", 7, true), "xbecause xnobody xcame.");
  EXPECT_EQ(translation_.said(), "xI xcalled xyou xyesterday, xbecause xnobody xcame.");
  EXPECT_EQ(hear("I called you yesterday, because nobody came.", 7, true), "");
}

TEST_F(Incremental, AFullStopAtTheEndOfAHypothesisEndsNothing) {
  EXPECT_EQ(hear("I called.", 2), "");
  EXPECT_EQ(hear("I called you.", 3), "");
}

TEST_F(Incremental, ASentenceIsSaidWhenTheNextBegins) {
  EXPECT_EQ(hear("Good morning. This.", 3), "xGood xmorning.");
  EXPECT_EQ(hear("Good morning. This is Ana.", 5, true), "xThis xis xAna.");
}

TEST_F(Incremental, SentencesThatAreDoneAreNotTranslatedAgain) {
  std::string text;
  std::size_t words = 0;
  std::size_t most = 0;
  for (int i = 0; i < 30; ++i) {
    text += "We talked about that for a long time. ";
    words += 8;
    const std::size_t before = translator_.source_words;
    hear(text + "And", words + 1);
    most = std::max(most, translator_.source_words - before);
  }
  EXPECT_LE(most, 20U);
}

TEST_F(Incremental, ShortClausesWaitForTheNext) {
  EXPECT_EQ(hear("Well, yes, I think so, but we.", 6), "xWell, xyes, xI xthink xso,");
  EXPECT_EQ(hear("No, thanks, really.", 3), "");
}

TEST_F(Incremental, NothingIsSaidInsideANumber) {
  EXPECT_EQ(hear("the number is four four seven, two one nine six", 10), "xthe xnumber xis");
}

TEST_F(Incremental, NothingIsSaidInsideAName) {
  EXPECT_EQ(hear("my wife is called Mary Anne Smith Jones Brown White Black and", 11), "xmy xwife xis xcalled");
}

TEST_F(Incremental, LongClausesAreSaidUpToTheLastWordsHeard) {
  const std::string text =
      "the old printer you sold me three years ago stopped working again yesterday after one hour of printing.";
  EXPECT_EQ(hear(text, 4), "");
  EXPECT_EQ(hear(text, 5), "xthe xold xprinter");
  EXPECT_EQ(hear(text, 10), "");
  EXPECT_EQ(hear(text, 11), "xyou xsold xme xthree");
  EXPECT_EQ(hear(text, 18, true), "xyears xago xstopped xworking xagain xyesterday xafter xone xhour xof xprinting.");
}

/// An engine that cannot align words.
class Unaligned final : public Translator {
 public:
  std::string_view name() const override { return "unaligned"; }
  bool supports(const LanguagePair&) const override { return true; }
  Result<void> warm_up() const override { return {}; }
  Result<Translation> translate(const TranslationRequest& request) const override {
    return Translation{.text = request.source};
  }
};

TEST(IncrementalTranslations, OfAnEngineThatCannotAlignSpeakSentenceBySentence) {
  const Unaligned translator;
  IncrementalTranslation translation(translator, kPair);
  const std::string text =
      "The printer that you sold us, and that I like, is broken. Could somebody come and look, please";
  EXPECT_EQ(translation.consider({text, 10, false})->say, "");
  const auto step = translation.consider({text, 15, false});
  EXPECT_EQ(step->say, "The printer that you sold us, and that I like, is broken.");
  translation.accept(*step);
  EXPECT_EQ(translation.consider({text, 18, true})->say, "Could somebody come and look, please");
}

TEST(IncrementalTranslations, EndNoPhraseWithAWordThatLeadsOn) {
  const ScriptedTranslator translator(
      [](const std::vector<std::string_view>& words, std::size_t at) { return std::string(words[at]); });
  const IncrementalTranslation translation(translator, kPair);
  EXPECT_EQ(translation.consider({"send that printer to the office yesterday", 7, false})->say, "send that printer");
  EXPECT_EQ(translation.consider({"the printer broke with the first page yesterday", 7, false})->say,
            "the printer broke");
}

TEST_F(Incremental, ConsideringChangesNothing) {
  const std::string text = "I called you yesterday, because nobody came.";
  const Step first = consider(text, 5);
  EXPECT_EQ(consider(text, 5, true).say, "xI xcalled xyou xyesterday, xbecause xnobody xcame.");
  EXPECT_EQ(translation_.said(), "");
  EXPECT_EQ(consider(text, 5).say, first.say);
}

TEST_F(Incremental, TheSpeakerMayGoOnAfterAPauseThatWasTakenForTheEnd) {
  consider("I called you.", 3, true);
  EXPECT_EQ(hear("I called you yesterday.", 4, true), "xI xcalled xyou xyesterday.");
  EXPECT_EQ(hear("I called you yesterday. Nobody came.", 6, true), "xNobody xcame.");
}

TEST_F(Incremental, WordsAreCountedAnewWhenWhatWasSaidIsRewritten) {
  EXPECT_EQ(hear("I called you to day.", 2, true), "xI xcalled xyou xto xday.");
  EXPECT_EQ(hear("I called you today, because nobody came.", 7, true), "xbecause xnobody xcame.");
  EXPECT_EQ(hear("I have called you today, because nobody came. Bye.", 9, true), "xBye.");
}

TEST_F(Incremental, AStepThatWasOvertakenIsRefused) {
  const Step late = consider("I called you yesterday, because nobody came.", 7, true);
  hear("I called you yesterday, because nobody came.", 5);
  EXPECT_THROW(translation_.accept(late), std::logic_error);
}

TEST_F(Incremental, AMarkThatAppearsInWhatWasSaidDividesNothing) {
  hear("I called you yesterday, because nobody came.", 5);
  EXPECT_EQ(hear("I called. You yesterday, because nobody came.", 7, true), "xbecause xnobody xcame.");
}

TEST_F(Incremental, CaptionsShowEverythingButTheLastWords) {
  EXPECT_EQ(consider("we are going home now.", 2).caption, "xwe xare");
  EXPECT_EQ(consider("we are going home now.", 5, true).caption, "xwe xare xgoing xhome xnow.");
  hear("I called you yesterday, because it.", 5);
  EXPECT_EQ(consider("I called you yesterday, because it.", 5).caption, "xI xcalled xyou xyesterday,");
}

TEST_F(Incremental, NothingHeardIsNothingSaid) {
  EXPECT_EQ(hear("", 0), "");
  EXPECT_EQ(hear("", 0, true), "");
  EXPECT_EQ(hear("...", 1, true), "");
  EXPECT_EQ(translation_.said(), "");
}

TEST_F(Incremental, MoreAgreedWordsThanThereAreAreAllOfThem) {
  EXPECT_EQ(hear("Good morning. This.", 99), "xGood xmorning.");
}

TEST_F(Incremental, AnEngineThatFailsSaysSo) {
  const auto step = translation_.consider({"this is broken", 3, true});
  ASSERT_FALSE(step.has_value());
  EXPECT_EQ(step.error().code, ErrorCode::kInternal);
  EXPECT_EQ(hear("this is whole", 3, true), "xthis xis xwhole.");
}

class WholeUtterances : public Incremental {
 protected:
  WholeUtterances() : Incremental({.clauses = false}) {}
};

TEST_F(WholeUtterances, AreSaidAtOnce) {
  EXPECT_EQ(hear("Good morning. I called you yesterday, because nobody came when I", 12), "");
  EXPECT_EQ(hear("Good morning. I called.", 4, true), "xGood xmorning. xI xcalled.");
}

TEST_F(WholeUtterances, ShowCaptionsMeanwhile) {
  EXPECT_EQ(consider("Good morning. I called you.", 3).caption, "xGood xmorning.");
}

TEST(CommitPolicies, AbsurdLimitsAreRefused) {
  EXPECT_TRUE(validate(CommitPolicy{}).has_value());
  EXPECT_THAT(validate(CommitPolicy{.words_behind_clause = 0}).error().message, HasSubstr("words_behind_clause"));
  EXPECT_FALSE(validate(CommitPolicy{.least_clause_words = 0}).has_value());
  EXPECT_FALSE(validate(CommitPolicy{.least_said_words = 0}).has_value());
  EXPECT_FALSE(validate(CommitPolicy{.align_att_first = {.after = 3, .margin = 3}}).has_value());
  EXPECT_FALSE(validate(CommitPolicy{.align_att_later = {.after = 3, .margin = 0}}).has_value());
  EXPECT_FALSE(validate(CommitPolicy{.masked_words = 99}).has_value());
}

/// Talk of random sentences, heard by a recogniser that changes its mind about all but the agreed words.
class Talk {
 public:
  explicit Talk(unsigned seed) : random_(seed) {
    constexpr const char* kWords[] = {"we",    "called", "the",  "office", "and",    "because", "John", "Smith", "four",
                                      "seven", "but",    "my",   "order",  "when",   "nobody",  "of",   "came",  "I",
                                      "five",  "yes",    "that", "house",  "waited", "long",    "um",   "hours", "Ana"};
    const std::size_t count = 1 + random_() % 60;
    for (std::size_t i = 0; i < count; ++i) {
      std::string word = kWords[random_() % std::size(kWords)];
      if (happens(0.15)) word += happens(0.5) ? "," : happens(0.8) ? "." : "?";
      words_.push_back(std::move(word));
    }
    if (words_.back().back() != '.') words_.back() += '.';
  }

  HeardText heard_so_far(std::size_t heard, std::size_t agreed) {
    HeardText text{{}, agreed, false};
    for (std::size_t i = 0; i < heard; ++i) {
      std::string word = words_[i];
      if (i >= agreed && happens(0.4)) word = words_[random_() % words_.size()];
      if (i + 3 >= agreed && happens(0.3)) word = bare(word) + (happens(0.5) ? "." : happens(0.5) ? "," : "");
      text.text += (i > 0 ? " " : "") + word;
    }
    return text;
  }
  HeardText whole() const {
    HeardText text{{}, words_.size(), true};
    for (const std::string& word : words_) text.text += (text.text.empty() ? "" : " ") + word;
    return text;
  }
  static std::string bare(const std::string& word) { return word.substr(0, word.find_first_of(".,?")); }

  const std::vector<std::string>& words() const { return words_; }
  bool happens(double probability) { return std::uniform_real_distribution<>(0, 1)(random_) < probability; }
  std::mt19937& random() { return random_; }

 private:
  std::mt19937 random_;
  std::vector<std::string> words_;
};

/// Every word is said exactly once and in order, and nothing that was said changes, whatever a recogniser thinks in
/// between. The translation of a word depends on the next one, so that it changes as long as that may change.
TEST(IncrementalTranslations, SayEverythingOnceAndTakeNothingBack) {
  const ScriptedTranslator translator([](const std::vector<std::string_view>& words, std::size_t at) {
    const std::string next = at + 1 < words.size() ? Talk::bare(std::string(words[at + 1])) : "";
    const std::string word(words[at]);
    const std::string own = Talk::bare(word);
    return own + next + word.substr(own.size());
  });
  for (unsigned seed = 0; seed < 500; ++seed) {
    Talk talk(seed);
    IncrementalTranslation translation(translator, kPair,
                                       {.least_clause_words = 1 + seed % 5,
                                        .words_behind_clause = 1 + seed % 3,
                                        .least_said_words = 1 + seed % 4,
                                        .align_att = seed % 2 == 0,
                                        .align_att_first = {.after = 3 + seed % 5, .margin = 1 + seed % 2},
                                        .align_att_later = {.after = 5 + seed % 7, .margin = 1 + seed % 4}});
    std::size_t agreed = 0;
    for (std::size_t heard = 1; heard < talk.words().size(); ++heard) {
      agreed = std::max(agreed, std::min(heard, heard - std::min<std::size_t>(heard, talk.random()() % 4)));
      const HeardText text = talk.heard_so_far(heard, agreed);
      const bool speculated = talk.happens(0.2);
      ASSERT_TRUE(!speculated || translation.consider({text.text, heard, true}).has_value());
      const auto step = translation.consider(text);
      ASSERT_TRUE(step.has_value());
      const std::string before = translation.said();
      ASSERT_LE(step->source_words, agreed) << seed;
      ASSERT_THAT(step->caption, StartsWith(before + (before.empty() || step->say.empty() ? "" : " ") + step->say));
      if (talk.happens(0.8)) translation.accept(*step);
      ASSERT_THAT(translation.said(), StartsWith(before));
    }
    const auto last = translation.consider(talk.whole());
    ASSERT_TRUE(last.has_value());
    ASSERT_EQ(last->source_words, talk.words().size());
    translation.accept(*last);
    const auto said = spaced_words(translation.said());
    ASSERT_EQ(said.size(), talk.words().size()) << seed << ": " << talk.whole().text << "\n" << translation.said();
    for (std::size_t i = 0; i < said.size(); ++i) {
      ASSERT_THAT(std::string(said[i]), StartsWith(Talk::bare(talk.words()[i]))) << seed << ": " << translation.said();
    }
  }
}

}  // namespace
}  // namespace parley::translation
