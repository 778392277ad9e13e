// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/attempts.h"

#include <gtest/gtest.h>

#include "call/hysteresis.h"

namespace parley::call {
namespace {

struct FakeTranslator : translation::Translator {
  std::string_view name() const override { return "fake"; }
  bool supports(const LanguagePair&) const override { return true; }
  bool ready() const override { return is_ready; }
  Result<translation::Translation> translate(const translation::TranslationRequest&) const override { return {}; }
  Result<void> warm_up() const override { return {}; }
  bool is_ready = true;
};

class AttemptsTest : public testing::Test {
 protected:
  const FakeTranslator& next() { return dynamic_cast<const FakeTranslator&>(attempts_.engine(chain_)); }
  std::optional<milliseconds> fails(ErrorCode code = ErrorCode::kInternal) {
    return attempts_.after_failure(Error{code, "broken"}, chain_, policy_);
  }

  std::shared_ptr<FakeTranslator> first_ = std::make_shared<FakeTranslator>();
  std::shared_ptr<FakeTranslator> second_ = std::make_shared<FakeTranslator>();
  Chain<translation::Translator> chain_{first_, second_};
  RetryPolicy policy_;
  Attempts attempts_;
};

TEST_F(AttemptsTest, ThreeTriesEverLaterThenTheNextEngineThenTheEnd) {
  for (const auto* engine : {first_.get(), second_.get()}) {
    for (const int wait : {300, 600, 1200}) {
      EXPECT_EQ(&next(), engine);
      EXPECT_EQ(fails(), milliseconds(wait));
    }
    EXPECT_EQ(&next(), engine);
    EXPECT_EQ(fails(), engine == first_.get() ? std::optional(milliseconds(0)) : std::nullopt);
  }
}

TEST_F(AttemptsTest, WhatIsWrongWithTheWorkIsNotTriedAgainOnTheSameEngine) {
  next();
  EXPECT_EQ(fails(ErrorCode::kUnsupported), milliseconds(0));
  EXPECT_EQ(&next(), second_.get());
  EXPECT_FALSE(fails(ErrorCode::kInvalid));
}

TEST_F(AttemptsTest, AnEngineThatIsNotThereIsPassedOver) {
  first_->is_ready = false;
  EXPECT_EQ(&next(), second_.get());
}

TEST_F(AttemptsTest, AnEngineThatDiedIsNotWaitedForWhileAnotherIsReady) {
  next();
  first_->is_ready = false;
  EXPECT_EQ(fails(ErrorCode::kUnavailable), milliseconds(0));
  EXPECT_EQ(&next(), second_.get());
}

TEST_F(AttemptsTest, TheOnlyEngineIsWaitedFor) {
  chain_.pop_back();
  first_->is_ready = false;
  EXPECT_EQ(&next(), first_.get());
  EXPECT_EQ(fails(ErrorCode::kUnavailable), milliseconds(300));
}

TEST(HysteresisTest, BeginsAboveOneLimitAndEndsBelowTheOther) {
  Hysteresis lag(MillisF(300), MillisF(150));
  EXPECT_FALSE(lag.update(MillisF(299)));
  EXPECT_TRUE(lag.update(MillisF(301)));
  EXPECT_TRUE(lag.active());
  EXPECT_FALSE(lag.update(MillisF(200))) << "no flutter";
  EXPECT_TRUE(lag.active());
  EXPECT_TRUE(lag.update(MillisF(100)));
  EXPECT_FALSE(lag.active());
}

}  // namespace
}  // namespace parley::call
