// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/greedy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace parley::recognition {
namespace {

using Ids = std::vector<std::int64_t>;

constexpr std::int64_t kStart = 1000;
constexpr std::int64_t kEnd = 2000;

/// A decoder that would write `text`, whatever it is given beyond it.
class Model : public TokenReader {
 public:
  explicit Model(Ids text) : text_(std::move(text)) { text_.push_back(kEnd); }

  std::vector<Choice> read(std::span<const std::int64_t> tokens) override {
    ++runs;
    std::vector<Choice> choices;
    for (const std::int64_t token : tokens) {
      EXPECT_TRUE(read_.empty() ? token == kStart : true);
      read_.push_back(token);
      const bool on_the_way = std::ranges::equal(std::span(read_).subspan(1),
                                                 std::span(text_).first(std::min(read_.size() - 1, text_.size())));
      choices.push_back({on_the_way ? text_[read_.size() - 1] : 77, -0.5});
    }
    return choices;
  }
  void keep(std::size_t count) override {
    EXPECT_LT(count, read_.size());
    read_.resize(count);
  }

  int runs = 0;

 private:
  Ids text_;
  Ids read_;
};

Ids ids_of(const Decoded& text) {
  Ids ids;
  for (const auto& choice : text.tokens) ids.push_back(choice.token);
  return ids;
}

struct Outcome {
  Ids text;
  int runs;
};

Outcome decode(const Ids& text, const Ids& draft, std::size_t worth = 1) {
  Model model(text);
  const auto decoded = decode_greedily(model, draft, {.start = kStart, .end = kEnd, .limit = 100, .worth = worth});
  EXPECT_TRUE(decoded.complete);
  EXPECT_EQ(decoded.end_log_probability, -0.5);
  return {ids_of(decoded), model.runs};
}

TEST(DecodeGreedily, TakesARunForEachTokenWithoutADraft) {
  const auto [text, runs] = decode({1, 2, 3}, {});
  EXPECT_EQ(text, (Ids{1, 2, 3}));
  EXPECT_EQ(runs, 4);
}

TEST(DecodeGreedily, TakesOneRunWhenTheDraftIsRight) {
  const auto [text, runs] = decode({1, 2, 3}, {1, 2, 3});
  EXPECT_EQ(text, (Ids{1, 2, 3}));
  EXPECT_EQ(runs, 1);
}

TEST(DecodeGreedily, GoesOnWhereTheDraftEnds) {
  const auto [text, runs] = decode({1, 2, 3, 4, 5}, {1, 2, 3});
  EXPECT_EQ(text, (Ids{1, 2, 3, 4, 5}));
  EXPECT_EQ(runs, 3);
}

TEST(DecodeGreedily, TakesTheDraftUpAgainAfterADifference) {
  const Ids said{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(decode(said, {1, 2, 99, 4, 5, 6, 7, 8}).text, said) << "another token";
  EXPECT_EQ(decode(said, {1, 2, 99, 4, 5, 6, 7, 8}).runs, 3);
  EXPECT_EQ(decode(said, {1, 2, 4, 5, 6, 7, 8}).text, said) << "one more";
  EXPECT_EQ(decode(said, {1, 2, 4, 5, 6, 7, 8}).runs, 3);
  EXPECT_EQ(decode(said, {1, 2, 99, 3, 4, 5, 6, 7, 8}).text, said) << "one less";
  EXPECT_EQ(decode(said, {1, 2, 99, 3, 4, 5, 6, 7, 8}).runs, 2);
}

TEST(DecodeGreedily, DoesNotReadAFewTokensAgainWhereThatCostsMore) {
  const auto [text, runs] = decode({1, 2, 3, 4, 5}, {1, 99, 3, 4, 5}, /*worth=*/4);
  EXPECT_EQ(text, (Ids{1, 2, 3, 4, 5}));
  EXPECT_EQ(runs, 5);
}

TEST(DecodeGreedily, WritesTheSameWhateverTheDraft) {
  const Ids said{5, 5, 6, 5, 5, 6, 7};
  for (const Ids& draft : {Ids{5}, Ids{5, 5, 5, 5}, Ids{6, 5, 5, 6, 7, 8, 9}, Ids{kEnd}, Ids{5, 5, 6, 5, 5, 6, 7, 7, 7},
                           Ids{9, 8, 7, 6, 5, 5, 6}, Ids(50, 5)}) {
    for (std::size_t worth : {1U, 3U}) EXPECT_EQ(decode(said, draft, worth).text, said);
  }
  EXPECT_EQ(decode({}, {1, 2}).text, Ids{});
}

TEST(DecodeGreedily, StopsAtItsLimit) {
  for (const Ids& draft : {Ids{}, Ids{1, 2, 3, 4, 5, 6}}) {
    Model model({1, 2, 3, 4, 5, 6});
    const auto decoded = decode_greedily(model, draft, {.start = kStart, .end = kEnd, .limit = 4});
    EXPECT_EQ(ids_of(decoded), (Ids{1, 2, 3, 4}));
    EXPECT_FALSE(decoded.complete);
  }
}

}  // namespace
}  // namespace parley::recognition
