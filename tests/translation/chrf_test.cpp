// SPDX-License-Identifier: GPL-3.0-or-later
#include "chrf.h"

#include <gtest/gtest.h>

namespace parley::bench {
namespace {

struct Example {
  const char* hypothesis;
  const char* reference;
  double score;  ///< By sacreBLEU 2.6: CHRF().corpus_score([hypothesis], [[reference]]).
};

constexpr Example kExamples[] = {
    {"The cat sat on the mat.", "The cat is sitting on the mat.", 49.6485170311433},
    {"Olá, tudo bem?", "Olá, como vai?", 19.452861952861955},
    {"não", "Não", 38.888888888888886},
    {"a", "abcdefgh", 15.151515151515152},
    {"", "abc", 0.0},
    {"Eu preciso mudar meu voo.", "Eu preciso mudar meu voo.", 100.0},
};

TEST(ChrF, OfALineIsSacreBleus) {
  for (const Example& each : kExamples)
    EXPECT_NEAR(chrf(each.hypothesis, each.reference), each.score, 1e-9) << each.hypothesis;
}

TEST(ChrF, OfACorpusIsSacreBleus) {
  ChrF corpus;
  for (const Example& each : kExamples) corpus.add(each.hypothesis, each.reference);
  EXPECT_NEAR(corpus.score(), 57.002382223574855, 1e-9);
  EXPECT_EQ(ChrF{}.score(), 0.0);
}

}  // namespace
}  // namespace parley::bench
