// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/speech_words.h"

#include <array>
#include <utility>

namespace parley::synthesis {
namespace {

constexpr Replacement kEnglishScales[] = {
    {U"thousand", U"thousand"}, {U"million", U"million"}, {U"billion", U"billion"}};
constexpr Currency kEnglishMoney[] = {
    {U"US$", {U"dollar", U"dollars"}, {U"cent", U"cents"}}, {U"R$", {U"real", U"reais"}, {U"centavo", U"centavos"}},
    {U"$", {U"dollar", U"dollars"}, {U"cent", U"cents"}},   {U"€", {U"euro", U"euros"}, {U"cent", U"cents"}},
    {U"£", {U"pound", U"pounds"}, {U"penny", U"pence"}},    {U"₹", {U"rupee", U"rupees"}, {U"paisa", U"paise"}},
};
constexpr Replacement kEnglishAbbreviations[] = {
    {U"Mr.", U"Mister"}, {U"Mrs.", U"Missus"},     {U"Ms.", U"Miz"},
    {U"Dr.", U"Doctor"}, {U"Prof.", U"Professor"}, {U"Jr.", U"Junior"},
    {U"vs.", U"versus"}, {U"etc.", U"et cetera"},  {U"approx.", U"approximately"},
    {U"a.m.", U"AM"},    {U"p.m.", U"PM"},
};
constexpr Replacement kEnglishUnits[] = {
    {U"km/h", U"kilometers per hour"},
    {U"km", U"kilometers"},
    {U"kg", U"kilograms"},
    {U"cm", U"centimeters"},
    {U"mm", U"millimeters"},
    {U"min", U"minutes"},
    {U"am", U"AM"},
    {U"AM", U"AM"},
    {U"pm", U"PM"},
    {U"PM", U"PM"},
};

constexpr Replacement kPortugueseScales[] = {
    {U"mil", U"mil"},          {U"milhão", U"milhão de"},   {U"milhões", U"milhões de"},
    {U"bilhão", U"bilhão de"}, {U"bilhões", U"bilhões de"},
};
constexpr Currency kPortugueseMoney[] = {
    {U"US$", {U"dólar", U"dólares"}, {U"centavo", U"centavos"}},
    {U"R$", {U"real", U"reais"}, {U"centavo", U"centavos"}},
    {U"$", {U"dólar", U"dólares"}, {U"centavo", U"centavos"}},
    {U"€", {U"euro", U"euros"}, {U"centavo", U"centavos"}},
    {U"£", {U"libra", U"libras"}, {U"pêni", U"pence"}},
    {U"₹", {U"rúpia", U"rúpias"}, {U"paisa", U"paisas"}},
};
constexpr Replacement kPortugueseAbbreviations[] = {
    {U"Sr.", U"senhor"},    {U"Sra.", U"senhora"},    {U"Srta.", U"senhorita"},   {U"Dr.", U"doutor"},
    {U"Dra.", U"doutora"},  {U"Prof.", U"professor"}, {U"Profa.", U"professora"}, {U"Av.", U"avenida"},
    {U"etc.", U"etcétera"}, {U"tel.", U"telefone"},   {U"nº", U"número"},         {U"n.º", U"número"},
};
constexpr Replacement kPortugueseUnits[] = {
    {U"km/h", U"quilômetros por hora"},
    {U"km", U"quilômetros"},
    {U"kg", U"quilos"},
    {U"cm", U"centímetros"},
    {U"mm", U"milímetros"},
    {U"min", U"minutos"},
};
constexpr Replacement kPortugueseHours[] = {
    {U"1", U"uma"}, {U"2", U"duas"}, {U"21", U"vinte e uma"}, {U"22", U"vinte e duas"}};

constexpr Replacement kSpanishScales[] = {{U"mil", U"mil"}, {U"millón", U"millón de"}, {U"millones", U"millones de"}};
constexpr Currency kSpanishMoney[] = {
    {U"US$", {U"dólar", U"dólares"}, {U"centavo", U"centavos"}},
    {U"R$", {U"real", U"reales"}, {U"centavo", U"centavos"}},
    {U"$", {U"dólar", U"dólares"}, {U"centavo", U"centavos"}},
    {U"€", {U"euro", U"euros"}, {U"céntimo", U"céntimos"}},
    {U"£", {U"libra", U"libras"}, {U"penique", U"peniques"}},
    {U"₹", {U"rupia", U"rupias"}, {U"paisa", U"paisas"}},
};
constexpr Replacement kSpanishAbbreviations[] = {
    {U"Sr.", U"señor"}, {U"Sra.", U"señora"},  {U"Srta.", U"señorita"}, {U"Dr.", U"doctor"},    {U"Dra.", U"doctora"},
    {U"Ud.", U"usted"}, {U"Uds.", U"ustedes"}, {U"Av.", U"avenida"},    {U"etc.", U"etcétera"}, {U"nº", U"número"},
};
constexpr Replacement kSpanishUnits[] = {
    {U"km/h", U"kilómetros por hora"}, {U"km", U"kilómetros"}, {U"kg", U"kilos"},
    {U"cm", U"centímetros"},           {U"mm", U"milímetros"}, {U"min", U"minutos"},
};
constexpr Replacement kSpanishHours[] = {{U"1", U"una"}, {U"21", U"veintiuna"}};

constexpr Replacement kFrenchScales[] = {
    {U"mille", U"mille"},          {U"million", U"million de"},     {U"millions", U"millions de"},
    {U"milliard", U"milliard de"}, {U"milliards", U"milliards de"},
};
constexpr Currency kFrenchMoney[] = {
    {U"US$", {U"dollar", U"dollars"}, {U"cent", U"cents"}}, {U"R$", {U"réal", U"réals"}, {U"centavo", U"centavos"}},
    {U"$", {U"dollar", U"dollars"}, {U"cent", U"cents"}},   {U"€", {U"euro", U"euros"}, {U"centime", U"centimes"}},
    {U"£", {U"livre", U"livres"}, {U"penny", U"pence"}},    {U"₹", {U"roupie", U"roupies"}, {U"paisa", U"paisas"}},
};
constexpr Replacement kFrenchAbbreviations[] = {
    {U"M.", U"monsieur"},    {U"Mme", U"madame"}, {U"Mlle", U"mademoiselle"}, {U"Dr", U"docteur"},
    {U"etc.", U"et cetera"}, {U"nº", U"numéro"},  {U"n°", U"numéro"},
};
constexpr Replacement kFrenchUnits[] = {
    {U"km/h", U"kilomètres heure"}, {U"km", U"kilomètres"},  {U"kg", U"kilos"},
    {U"cm", U"centimètres"},        {U"mm", U"millimètres"}, {U"min", U"minutes"},
};
constexpr Replacement kFrenchHours[] = {{U"1", U"une"}, {U"21", U"vingt et une"}};

constexpr Replacement kItalianScales[] = {
    {U"mila", U"mila"},
    {U"milione", U"milione di"},
    {U"milioni", U"milioni di"},
    {U"miliardo", U"miliardo di"},
    {U"miliardi", U"miliardi di"},
};
constexpr Currency kItalianMoney[] = {
    {U"US$", {U"dollaro", U"dollari"}, {U"centesimo", U"centesimi"}},
    {U"R$", {U"real", U"real"}, {U"centavo", U"centavos"}},
    {U"$", {U"dollaro", U"dollari"}, {U"centesimo", U"centesimi"}},
    {U"€", {U"euro", U"euro"}, {U"centesimo", U"centesimi"}},
    {U"£", {U"sterlina", U"sterline"}, {U"penny", U"pence"}},
    {U"₹", {U"rupia", U"rupie"}, {U"paisa", U"paisa"}},
};
constexpr Replacement kItalianAbbreviations[] = {
    {U"Sig.", U"signor"},     {U"Sig.ra", U"signora"}, {U"Dott.", U"dottor"}, {U"Dott.ssa", U"dottoressa"},
    {U"Prof.", U"professor"}, {U"ecc.", U"eccetera"},  {U"nº", U"numero"},
};
constexpr Replacement kItalianUnits[] = {
    {U"km/h", U"chilometri orari"}, {U"km", U"chilometri"}, {U"kg", U"chili"},
    {U"cm", U"centimetri"},         {U"mm", U"millimetri"}, {U"min", U"minuti"},
};
constexpr Replacement kItalianHours[] = {{U"1", U"una"}, {U"21", U"ventuno"}};

constexpr Replacement kHindiScales[] = {{U"हज़ार", U"हज़ार"}, {U"लाख", U"लाख"}, {U"करोड़", U"करोड़"}};
constexpr Currency kHindiMoney[] = {
    {U"$", {U"डॉलर", U"डॉलर"}, {U"सेंट", U"सेंट"}},
    {U"€", {U"यूरो", U"यूरो"}, {U"सेंट", U"सेंट"}},
    {U"£", {U"पाउंड", U"पाउंड"}, {U"पेंस", U"पेंस"}},
    {U"₹", {U"रुपया", U"रुपये"}, {U"पैसा", U"पैसे"}},
};

constexpr SpeechWords kEnglish{
    .decimal = U'.',
    .thousands = U',',
    .percent = U"percent",
    .degrees = U"degrees",
    .and_ = U"and",
    .to = U"to",
    .plus = U"plus",
    .star = U"star",
    .hash = U"pound",
    .at = U"at",
    .dot = U"dot",
    .dash = U"dash",
    .underscore = U"underscore",
    .slash = U"slash",
    .full_hour = U"{h} o'clock",
    .hour_and_minutes = U"{h} {m}",
    .full_hour_of_one = U"",
    .zero_before_minute = U"oh ",
    .hours = {},
    .currencies = kEnglishMoney,
    .abbreviations = kEnglishAbbreviations,
    .units = kEnglishUnits,
    .scales = kEnglishScales,
    .years_in_pairs = true,
};
constexpr SpeechWords kPortuguese{
    .decimal = U',',
    .thousands = U'.',
    .percent = U"por cento",
    .degrees = U"graus",
    .and_ = U"e",
    .to = U"a",
    .plus = U"mais",
    .star = U"asterisco",
    .hash = U"jogo da velha",
    .at = U"arroba",
    .dot = U"ponto",
    .dash = U"hífen",
    .underscore = U"sublinhado",
    .slash = U"barra",
    .full_hour = U"{h} horas",
    .hour_and_minutes = U"{h} e {m}",
    .full_hour_of_one = U"{h} hora",
    .zero_before_minute = U"",
    .hours = kPortugueseHours,
    .currencies = kPortugueseMoney,
    .abbreviations = kPortugueseAbbreviations,
    .units = kPortugueseUnits,
    .scales = kPortugueseScales,
    .years_in_pairs = false,
};
constexpr SpeechWords kSpanish{
    .decimal = U',',
    .thousands = U'.',
    .percent = U"por ciento",
    .degrees = U"grados",
    .and_ = U"con",
    .to = U"a",
    .plus = U"más",
    .star = U"asterisco",
    .hash = U"almohadilla",
    .at = U"arroba",
    .dot = U"punto",
    .dash = U"guion",
    .underscore = U"guion bajo",
    .slash = U"barra",
    .full_hour = U"{h} en punto",
    .hour_and_minutes = U"{h} y {m}",
    .full_hour_of_one = U"",
    .zero_before_minute = U"",
    .hours = kSpanishHours,
    .currencies = kSpanishMoney,
    .abbreviations = kSpanishAbbreviations,
    .units = kSpanishUnits,
    .scales = kSpanishScales,
    .years_in_pairs = false,
};
constexpr SpeechWords kFrench{
    .decimal = U',',
    .thousands = U'.',
    .percent = U"pour cent",
    .degrees = U"degrés",
    .and_ = U"et",
    .to = U"à",
    .plus = U"plus",
    .star = U"étoile",
    .hash = U"dièse",
    .at = U"arobase",
    .dot = U"point",
    .dash = U"tiret",
    .underscore = U"tiret bas",
    .slash = U"barre",
    .full_hour = U"{h} heures",
    .hour_and_minutes = U"{h} heures {m}",
    .full_hour_of_one = U"{h} heure",
    .zero_before_minute = U"",
    .hours = kFrenchHours,
    .currencies = kFrenchMoney,
    .abbreviations = kFrenchAbbreviations,
    .units = kFrenchUnits,
    .scales = kFrenchScales,
    .years_in_pairs = false,
};
constexpr SpeechWords kItalian{
    .decimal = U',',
    .thousands = U'.',
    .percent = U"per cento",
    .degrees = U"gradi",
    .and_ = U"e",
    .to = U"a",
    .plus = U"più",
    .star = U"asterisco",
    .hash = U"cancelletto",
    .at = U"chiocciola",
    .dot = U"punto",
    .dash = U"trattino",
    .underscore = U"trattino basso",
    .slash = U"barra",
    .full_hour = U"{h} in punto",
    .hour_and_minutes = U"{h} e {m}",
    .full_hour_of_one = U"",
    .zero_before_minute = U"",
    .hours = kItalianHours,
    .currencies = kItalianMoney,
    .abbreviations = kItalianAbbreviations,
    .units = kItalianUnits,
    .scales = kItalianScales,
    .years_in_pairs = false,
};
constexpr SpeechWords kHindi{
    .decimal = U'.',
    .thousands = U',',
    .percent = U"प्रतिशत",
    .degrees = U"डिग्री",
    .and_ = U"और",
    .to = U"से",
    .plus = U"प्लस",
    .star = U"स्टार",
    .hash = U"हैश",
    .at = U"ऐट",
    .dot = U"डॉट",
    .dash = U"डैश",
    .underscore = U"अंडरस्कोर",
    .slash = U"स्लैश",
    .full_hour = U"{h} बजे",
    .hour_and_minutes = U"{h} बजकर {m} मिनट",
    .full_hour_of_one = U"",
    .zero_before_minute = U"",
    .hours = {},
    .currencies = kHindiMoney,
    .abbreviations = {},
    .units = {},
    .scales = kHindiScales,
    .years_in_pairs = false,
};

constexpr std::array<std::pair<std::string_view, const SpeechWords*>, 6> kByLanguage = {{
    {"en", &kEnglish},
    {"pt", &kPortuguese},
    {"es", &kSpanish},
    {"fr", &kFrench},
    {"it", &kItalian},
    {"hi", &kHindi},
}};

}  // namespace

const SpeechWords& speech_words(const Language& language) {
  for (const auto& [code, words] : kByLanguage) {
    if (language.code() == code) return *words;
  }
  return kEnglish;
}

}  // namespace parley::synthesis
