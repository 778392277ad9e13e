// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/numbers.h"

#include <gtest/gtest.h>

#include "translation/digits.h"

namespace parley::translation {
namespace {

struct Example {
  const char* said;
  const char* written;
};

class EnglishNumbers : public testing::TestWithParam<Example> {};
class PortugueseNumbers : public testing::TestWithParam<Example> {};

TEST_P(EnglishNumbers, AreWritten) {
  EXPECT_EQ(with_digits(GetParam().said, *Language::parse("en")), GetParam().written);
}
TEST_P(PortugueseNumbers, AreWritten) {
  EXPECT_EQ(with_digits(GetParam().said, *Language::parse("pt")), GetParam().written);
}

INSTANTIATE_TEST_SUITE_P(
    Digits, EnglishNumbers,
    testing::Values(Example{"it's four four seven two one nine", "it's 447-219"},
                    Example{"it's four four seven, two one nine.", "it's 447-219."},
                    Example{"four, four, seven, two, one, nine", "447-219"},
                    Example{"double four seven oh nine", "44-709"}, Example{"triple five one two three", "555-123"},
                    Example{"4-4-7-2-1-9", "447-219"}, Example{"4 4 7 2 1 9", "447-219"},
                    Example{"my phone is 5551234567", "my phone is 555-123-4567"},
                    Example{"extension four two", "extension 42"},
                    Example{"five five five one two three four", "555-1234"},
                    Example{"one two three four five six seven eight nine zero one", "12-345-678-901"}));

INSTANTIATE_TEST_SUITE_P(Cardinals, EnglishNumbers,
                         testing::Values(Example{"twenty-five people", "25 people"},
                                         Example{"three hundred and fifty dollars", "350 dollars"},
                                         Example{"a hundred and twenty copies", "120 copies"},
                                         Example{"two thousand and twenty six", "2026"},
                                         Example{"twelve thousand five hundred", "12,500"},
                                         Example{"in nineteen eighty-four", "in 1984"},
                                         Example{"the twenty-first of June", "the 21st of June"},
                                         Example{"it costs nineteen ninety-nine", "it costs 19.99"}));

INSTANTIATE_TEST_SUITE_P(Times, EnglishNumbers,
                         testing::Values(Example{"at half past three", "at 3:30"},
                                         Example{"it's a quarter to four", "it's 3:45"},
                                         Example{"quarter past one", "1:15"}, Example{"quarter to one", "12:45"},
                                         Example{"it's ten to six", "it's 5:50"}, Example{"at three thirty", "at 3:30"},
                                         Example{"at nine oh five", "at 9:05"},
                                         Example{"seven fifteen p.m.", "7:15 p.m."}));

INSTANTIATE_TEST_SUITE_P(
    SmallAndVagueOnes, EnglishNumbers,
    testing::Values(Example{"two boxes", "two boxes"}, Example{"one moment", "one moment"},
                    Example{"a second", "a second"}, Example{"no one two weeks ago", "no one two weeks ago"},
                    Example{"from ten to six", "from ten to six"},
                    Example{"between nine and five", "between nine and five"},
                    Example{"a hundred people", "a hundred people"}, Example{"one, two, three", "one, two, three"},
                    Example{"twelve eggs", "twelve eggs"}, Example{"on May 5, 2024", "on May 5, 2024"},
                    Example{"It's $19.99 at 3:30", "It's $19.99 at 3:30"}, Example{"", ""}));

INSTANTIATE_TEST_SUITE_P(Digits, PortugueseNumbers,
                         testing::Values(Example{"é quatro quatro sete dois um nove", "é 447-219"},
                                         Example{"meia quatro três dois zero um", "643-201"},
                                         Example{"nove nove oito vinte e três quarenta e cinco", "998-2345"},
                                         Example{"ramal quatro dois", "ramal 42"},
                                         Example{"o código é um dois três quatro", "o código é 1234"}));

INSTANTIATE_TEST_SUITE_P(
    Cardinals, PortugueseNumbers,
    testing::Values(Example{"vinte e cinco pessoas", "25 pessoas"}, Example{"duzentos e cinquenta reais", "250 reais"},
                    Example{"cento e vinte e três", "123"}, Example{"dois mil e vinte e seis", "2026"},
                    Example{"mil novecentos e oitenta e quatro", "1984"}, Example{"doze mil e quinhentos", "12.500"},
                    Example{"custa dezenove e noventa", "custa 19,90"},
                    Example{"custa vinte e nove e noventa", "custa 29,90"}));

INSTANTIATE_TEST_SUITE_P(Times, PortugueseNumbers,
                         testing::Values(Example{"às três e meia", "às 3:30"},
                                         Example{"são quinze para as quatro", "são 3:45"},
                                         Example{"meio-dia e meia", "12:30"}, Example{"às cinco e quinze", "às 5:15"},
                                         Example{"três e meia da tarde", "3:30 da tarde"},
                                         Example{"às 15h30", "às 15:30"}, Example{"às dez horas e vinte", "às 10:20"}));

INSTANTIATE_TEST_SUITE_P(SmallAndVagueOnes, PortugueseNumbers,
                         testing::Values(Example{"duas caixas", "duas caixas"}, Example{"um momento", "um momento"},
                                         Example{"mil desculpas", "mil desculpas"}, Example{"meia dúzia", "meia dúzia"},
                                         Example{"um ou dois", "um ou dois"}, Example{"R$ 19,90", "R$ 19,90"}));

TEST(Numbers, OfOtherLanguagesStay) {
  EXPECT_EQ(with_digits("vier vier sieben zwei", *Language::parse("de")), "vier vier sieben zwei");
}

TEST(Numerals, ReadGroupsAsOne) {
  const auto found = numerals("call 447-219 at 3:30, or 12.");
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].digits, "447219");
  EXPECT_EQ(found[0].begin, 5U);
  EXPECT_EQ(found[0].end, 12U);
  EXPECT_EQ(found[1].digits, "330");
  EXPECT_EQ(found[2].digits, "12");
}

TEST(Numerals, DecimalMarksAreTheLanguagesOwn) {
  EXPECT_EQ(tidy_numerals("Custa $19.99 e 1.500 às 3.", *Language::parse("pt")), "Custa $19,99 e 1.500 às 3.");
  EXPECT_EQ(tidy_numerals("It costs 19,90 or 1,500.", *Language::parse("en")), "It costs 19.90 or 1,500.");
  EXPECT_EQ(tidy_numerals("It is 447 - 219.", *Language::parse("en")), "It is 447-219.");
}

TEST(Digits, AreKeptWhenEveryNumberIsThere) {
  const auto pt = *Language::parse("pt");
  EXPECT_TRUE(keeps_digits("It's 447-219.", "São 447-219.", pt));
  EXPECT_TRUE(keeps_digits("It's 447-219.", "São 447 219.", pt));
  EXPECT_TRUE(keeps_digits("I have 2 boxes.", "Tenho duas caixas.", pt));
  EXPECT_TRUE(keeps_digits("At 4:45 p.m.", "Às 16:45.", pt));
  EXPECT_TRUE(keeps_digits("On May 5, 2024.", "Em 5 de maio de 2024.", pt));
  EXPECT_TRUE(keeps_digits("It's 1,500.", "São 1.500.", pt));
  EXPECT_TRUE(keeps_digits("No numbers.", "Nenhum.", pt));
}

TEST(Digits, AreLostWhenOneIsMissingOrChanged) {
  const auto pt = *Language::parse("pt");
  EXPECT_FALSE(keeps_digits("It's 447-219.", "São 447-29.", pt));
  EXPECT_FALSE(keeps_digits("It's 447-219.", "São 219-447.", pt));
  EXPECT_FALSE(keeps_digits("It's 25.", "É isso.", pt));
  EXPECT_FALSE(keeps_digits("25 and 25", "25", pt));
}

TEST(Digits, ArePutBackWhereTheModelChangedThem) {
  EXPECT_EQ(with_digits_of("It's 447-219, at 3:30.", "São 447-29, às 15:30."), "São 447-219, às 15:30.");
  EXPECT_EQ(with_digits_of("It's 447-219.", "Sem número."), "Sem número.");
}

TEST(Digits, CanBeGroupedInOtherWays) {
  EXPECT_EQ(other_groupings("It's 447-219."), (std::vector<std::string>{"It's 447 219.", "It's 447219."}));
  EXPECT_TRUE(other_groupings("It's 25.").empty());
}

}  // namespace
}  // namespace parley::translation
