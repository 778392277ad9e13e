// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/voice_measurer.h"

#include <array>

#include "synthesis/speech_shape.h"

namespace parley::synthesis {
namespace {

using Phrases = std::array<std::string_view, 5>;

struct LanguagePhrases {
  std::string_view code;
  Phrases phrases;
};

// Everyday sentences of two to four seconds; statements and questions.
constexpr LanguagePhrases kPhrases[] = {
    {"en",
     {"Thank you for calling, how can I help you?", "The doctor can see you on Tuesday at half past nine.",
      "Just a moment, please, I am looking for your name.", "We have a room with two beds and a view of the garden.",
      "Could you tell me your date of birth?"}},
    {"pt",
     {"Obrigado por ligar, como posso ajudar?", "O médico pode atender você na terça-feira às nove e meia.",
      "Um momento, por favor, estou procurando o seu nome.", "Temos um quarto com duas camas e vista para o jardim.",
      "Você pode me dizer a sua data de nascimento?"}},
    {"es",
     {"Gracias por llamar, ¿en qué puedo ayudarle?", "El médico puede verle el martes a las nueve y media.",
      "Un momento, por favor, estoy buscando su nombre.", "Tenemos una habitación con dos camas y vista al jardín.",
      "¿Me puede decir su fecha de nacimiento?"}},
    {"fr",
     {"Merci de votre appel, comment puis-je vous aider ?",
      "Le médecin peut vous recevoir mardi à neuf heures et demie.",
      "Un instant, s'il vous plaît, je cherche votre nom.",
      "Nous avons une chambre à deux lits avec vue sur le jardin.", "Pouvez-vous me donner votre date de naissance ?"}},
    {"it",
     {"Grazie per la chiamata, come posso aiutarla?", "Il medico può visitarla martedì alle nove e mezza.",
      "Un momento, per favore, sto cercando il suo nome.", "Abbiamo una camera con due letti e vista sul giardino.",
      "Mi può dire la sua data di nascita?"}},
    {"hi",
     {"फ़ोन करने के लिए धन्यवाद, मैं आपकी क्या मदद कर सकता हूँ?", "डॉक्टर आपको मंगलवार को साढ़े नौ बजे देख सकते हैं।",
      "कृपया एक क्षण रुकिए, मैं आपका नाम ढूँढ रहा हूँ।", "हमारे पास दो बिस्तरों वाला एक कमरा है।",
      "क्या आप अपनी जन्म तिथि बता सकते हैं?"}},
};

}  // namespace

std::span<const std::string_view> measuring_phrases(const Language& language) {
  for (const auto& [code, phrases] : kPhrases) {
    if (code == language.code()) return phrases;
  }
  return kPhrases[0].phrases;
}

Result<VoiceStatistics> measure_voice(const KokoroText& text, const KokoroFront& front,
                                      const std::shared_ptr<const vocoder::GeneratorWeights>& weights,
                                      const VoiceUse& use, const std::stop_token& stop) {
  Ort::RunOptions options;
  const std::stop_callback end_run(stop, [&options] { options.SetTerminate(); });
  VoiceStatistics statistics{.level = 0.0F};
  std::size_t runs = 0;
  for (const auto phrase : measuring_phrases(use.language)) {
    const auto prepared = text.prepare({std::string(phrase), use.language, use.voice});
    if (!prepared) return std::unexpected(prepared.error());
    for (const auto& tokens : prepared->runs) {
      const auto prosody = front.run(tokens, use.pack->row(tokens.size()), 1.0F, options);
      if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "measuring the voice was cancelled");
      if (!prosody) return std::unexpected(prosody.error());
      vocoder::Generator generator(weights, prosody->phrase().frames());
      vocoder::NormStatistics observed;
      const auto sound = generator.run_measuring(prosody->phrase(), prosody->style(), observed);
      const auto summary = vocoder::summary_of(prosody->phrase(), prosody->token_frames().front());
      const auto base = weights->map.base_of(observed, summary);
      for (std::size_t i = 0; i < base.size(); ++i) statistics.base[i] += base[i];
      statistics.level += speech_level(sound, vocoder::kSampleRate);
      ++runs;
    }
  }
  for (float& value : statistics.base) value /= static_cast<float>(runs);
  statistics.level /= static_cast<float>(runs);
  return statistics;
}

}  // namespace parley::synthesis
