// SPDX-License-Identifier: GPL-3.0-or-later
#include <gtest/gtest.h>

#include "synthesis/text_for_speech.h"

namespace parley::synthesis {
namespace {

std::string spoken(std::string_view code, std::string_view text) {
  return text_for_speech(text, Language::parse(code).value());
}

TEST(Numbers, CodesAreSaidDigitByDigit) {
  EXPECT_EQ(spoken("en", "My number is 447-219."), "My number is 4 4 7, 2 1 9.");
  EXPECT_EQ(spoken("pt", "O código é 447-219, certo?"), "O código é 4 4 7, 2 1 9, certo?");
  EXPECT_EQ(spoken("en", "447 219"), "4 4 7, 2 1 9");
  EXPECT_EQ(spoken("en", "4 4 7 2 1 9"), "4 4 7 2 1 9");
  EXPECT_EQ(spoken("en", "4 4 7-2 1 9"), "4 4 7, 2 1 9");
  EXPECT_EQ(spoken("en", "90210"), "9 0 2 1 0");
  EXPECT_EQ(spoken("en", "room 007"), "room 0 0 7");
  EXPECT_EQ(spoken("en", "code A447-219"), "code A 4 4 7, 2 1 9");
}

TEST(Numbers, TelephoneNumbersAreSaidDigitByDigit) {
  EXPECT_EQ(spoken("en", "Call 555-1234"), "Call 5 5 5, 1 2 3 4");
  EXPECT_EQ(spoken("en", "+1 800 555 0199"), "plus 1, 8 0 0, 5 5 5, 0 1 9 9");
  EXPECT_EQ(spoken("pt", "+55 (11) 98765-4321"), "mais 5 5, 1 1, 9 8 7 6 5, 4 3 2 1");
  EXPECT_EQ(spoken("pt", "(11)98765-4321"), "1 1, 9 8 7 6 5, 4 3 2 1");
  EXPECT_EQ(spoken("pt", "ligue 0800 123 4567"), "ligue 0 8 0 0, 1 2 3, 4 5 6 7");
  EXPECT_EQ(spoken("pt", "5555-1234"), "5 5 5 5, 1 2 3 4");
  EXPECT_EQ(spoken("fr", "06 12 34 56 78"), "0 6, 1 2, 3 4, 5 6, 7 8");
}

TEST(Numbers, QuantitiesStayNumbers) {
  EXPECT_EQ(spoken("en", "I have 12 boxes and 350 bags"), "I have 12 boxes and 350 bags");
  EXPECT_EQ(spoken("en", "1,234 people, 2.5 hours"), "1234 people, 2.5 hours");
  EXPECT_EQ(spoken("pt", "1.234 pessoas, 2,5 horas"), "1234 pessoas, 2,5 horas");
  EXPECT_EQ(spoken("en", "1,234,567.89"), "1234567.89");
  EXPECT_EQ(spoken("pt", "1.234.567,89"), "1234567,89");
  EXPECT_EQ(spoken("en", "12500 and 3000000"), "12500 and 3000000");
  EXPECT_EQ(spoken("fr", "10\u202F000 euros"), "10000 euros");
  EXPECT_EQ(spoken("en", "5 10"), "5 10");
  EXPECT_EQ(spoken("en", "the 21st, a 4x car, 10-year"), "the 21st, a 4x car, 10-year");
  EXPECT_EQ(spoken("pt", "2º andar"), "2º andar");
  EXPECT_EQ(spoken("en", "-5, +3"), "-5, plus 3");
}

TEST(Numbers, ASignOfAnotherLanguageIsUnderstood) {
  EXPECT_EQ(spoken("pt", "12.50"), "12,50");
  EXPECT_EQ(spoken("en", "12,5"), "12.5");
  EXPECT_EQ(spoken("pt", "1,234.5"), "1234,5");
}

TEST(Numbers, RangesAreSpoken) {
  EXPECT_EQ(spoken("en", "10-15 minutes"), "10 to 15 minutes");
  EXPECT_EQ(spoken("pt", "2–3 dias"), "2 a 3 dias");
  EXPECT_EQ(spoken("en", "1999-2005"), "1999 to 2005");
  EXPECT_EQ(spoken("en", "100-200"), "100 to 200");
  EXPECT_EQ(spoken("en", "5-10%"), "5 to 10 percent");
  EXPECT_EQ(spoken("pt", "5-10 km"), "5 a 10 quilômetros");
}

TEST(Numbers, TimesAreSpoken) {
  EXPECT_EQ(spoken("en", "at 3:30"), "at 3 30");
  EXPECT_EQ(spoken("en", "at 3:05 pm."), "at 3 oh 5 PM.");
  EXPECT_EQ(spoken("en", "at 10:00, at 9:00 a.m."), "at 10 o'clock, at 9 AM.");
  EXPECT_EQ(spoken("pt", "às 14:30"), "às 14 e 30");
  EXPECT_EQ(spoken("pt", "às 2:15 ou 21:00"), "às duas e 15 ou vinte e uma horas");
  EXPECT_EQ(spoken("pt", "à 1:00"), "à uma hora");
  EXPECT_EQ(spoken("pt", "15h30, 15h, 15:00 horas"), "15 e 30, 15 horas, 15 horas");
  EXPECT_EQ(spoken("es", "a la 1:20"), "a la una y 20");
  EXPECT_EQ(spoken("fr", "à 15:30"), "à 15 heures 30");
  EXPECT_EQ(spoken("en", "99:99"), "99:99");
}

TEST(Numbers, AmountsOfMoneyAreSpoken) {
  EXPECT_EQ(spoken("en", "$5.99"), "5 dollars and 99 cents");
  EXPECT_EQ(spoken("en", "$1, $1.01, $0.50, $20.00"), "1 dollar, 1 dollar and 1 cent, 50 cents, 20 dollars");
  EXPECT_EQ(spoken("pt", "R$ 12,50 ou US$ 3"), "12 reais e 50 centavos ou 3 dólares");
  EXPECT_EQ(spoken("pt", "R$ 1.250,00"), "1250 reais");
  EXPECT_EQ(spoken("es", "20 €"), "20 euros");
  EXPECT_EQ(spoken("en", "$5 million"), "5 million dollars");
  EXPECT_EQ(spoken("pt", "R$ 2,5 milhões"), "2,5 milhões de reais");
  EXPECT_EQ(spoken("en", "£12500"), "12500 pounds");
}

TEST(Numbers, PercentagesDegreesAndUnitsAreSpoken) {
  EXPECT_EQ(spoken("en", "50% or 2.5 %"), "50 percent or 2.5 percent");
  EXPECT_EQ(spoken("pt", "50%"), "50 por cento");
  EXPECT_EQ(spoken("en", "20°C"), "20 degrees");
  EXPECT_EQ(spoken("pt", "20 ºC"), "20 graus");
  EXPECT_EQ(spoken("en", "5km, 10 kg, 80 km/h"), "5 kilometers, 10 kilograms, 80 kilometers per hour");
}

TEST(Numbers, EnglishYearsAreReadInPairs) {
  EXPECT_EQ(spoken("en", "in 1985, 1905, 2024, 1900, 2005"), "in 19 85, 19 oh 5, 20 24, 1900, 2005");
  EXPECT_EQ(spoken("pt", "em 1985"), "em 1985");
  EXPECT_EQ(spoken("en", "$1985"), "1985 dollars");
}

TEST(Numbers, DatesAndDottedNumbersAreReadOneByOne) {
  EXPECT_EQ(spoken("pt", "12/05/2024"), "12 5 2024");
  EXPECT_EQ(spoken("en", "24/7"), "24 7");
  EXPECT_EQ(spoken("en", "192.168.0.1"), "192 dot 168 dot 0 dot 1");
}

TEST(Numbers, NoDigitIsEverLost) {
  for (const auto* code : {"en", "pt", "es", "fr", "it", "hi"}) {
    for (const auto* text : {"447-219", "x12y", "1.2.3", "12:345", "3:30:15", "(12", "12)", "+", "+(3", "1/2/3", "$",
                             "$x", "5$6", "9h99"}) {
      std::string before;
      std::string after;
      for (const char c : std::string(text))
        before += std::isdigit(static_cast<unsigned char>(c)) ? std::string(1, c) : "";
      for (const char c : spoken(code, text))
        after += std::isdigit(static_cast<unsigned char>(c)) ? std::string(1, c) : "";
      EXPECT_EQ(after, before) << code << " " << text;
    }
  }
}

}  // namespace
}  // namespace parley::synthesis
