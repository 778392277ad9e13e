// SPDX-License-Identifier: GPL-3.0-or-later
// Our generator against the whole graph in ONNX Runtime, on the models that set-up made. What it is over many voices:
// docs/voice-quality.md.
#include <cmath>
#include <cstdio>
#include <memory>

#include <gtest/gtest.h>

#include "base/paths.h"
#include "kernels/cpu_features.h"
#include "spectral_distance.h"
#include "synthesis/kokoro_front.h"
#include "synthesis/kokoro_model.h"
#include "synthesis/kokoro_text.h"
#include "synthesis/speech_shape.h"
#include "synthesis/voice_measurer.h"
#include "vocoder/windows.h"

namespace parley::synthesis {
namespace {

using testing::spectral_distance;

struct Said {
  const char* language;
  const char* voice;
  const char* text;
};
constexpr Said kSaid[] = {
    {"en", "af_heart", "Could you send me the address?"},
    {"pt", "pm_alex", "Bom dia, eu gostaria de confirmar a consulta."},
};

class KokoroDistance : public ::testing::TestWithParam<Said> {
 protected:
  KokoroDistance() {
    phrase_ = text_.prepare({GetParam().text, language_, GetParam().voice}).value();
    style_ = phrase_.voice->row(phrase_.runs[0].size());
    prosody_ = std::make_unique<KokoroProsody>(front_.run(phrase_.runs[0], style_, 1.0F, Ort::RunOptions()).value());
    const auto model = KokoroModel::load(models_ / "kokoro.onnx", 2).value();
    whole_ = model.run(phrase_.runs[0], style_, 1.0F, Ort::RunOptions()).value();
  }

  std::shared_ptr<const vocoder::GeneratorWeights> weights(kernels::Isa isa) const {
    return vocoder::GeneratorWeights::load(models_ / "generator.bin", isa).value();
  }

  static double level_difference_db(std::span<const float> a, std::span<const float> b) {
    return 10 * std::log10(static_cast<double>(speech_level(a, vocoder::kSampleRate)) /
                           static_cast<double>(speech_level(b, vocoder::kSampleRate)));
  }

  const std::filesystem::path models_ = default_model_directory() / "kokoro";
  const Language language_ = Language::parse(GetParam().language).value();
  const KokoroText text_ = KokoroText::load(models_, {}).value();
  const KokoroFront front_ = KokoroFront::load(models_ / "front.onnx", 1).value();
  KokoroPhrase phrase_;
  std::span<const float> style_;
  std::unique_ptr<KokoroProsody> prosody_;
  std::vector<float> whole_;
};

// Two correct implementations with dynamic int8 ranges differ by about 1.6 dB.
TEST_P(KokoroDistance, TheGeneratorWithThePhrasesOwnNormsIsTheGraphOnEveryInstructionSet) {
  for (const auto isa : kernels::kAllIsas) {
    if (!kernels::cpu_supports(isa)) continue;
    const auto phrase = prosody_->phrase();
    vocoder::Generator generator(weights(isa), phrase.frames(), 2);
    vocoder::NormStatistics observed;
    const auto sound = generator.run_measuring(phrase, prosody_->style(), observed);
    ASSERT_EQ(sound.size(), whole_.size());
    const double distance = spectral_distance(whole_, sound);
    std::printf("%s: %.2f dB\n", std::string(kernels::to_string(isa)).c_str(), distance);
    EXPECT_LT(distance, 2.2);
    EXPECT_LT(std::abs(level_difference_db(sound, whole_)), 0.3);
  }
}

TEST_P(KokoroDistance, WindowsAreNearTheGraphAndDoNotClick) {
  const auto loaded = weights(kernels::best_isa());
  const VoiceUse use{GetParam().voice, language_, phrase_.voice};
  const auto statistics = measure_voice(text_, front_, loaded, use, std::stop_token());
  ASSERT_TRUE(statistics) << statistics.error().message;
  const auto phrase = prosody_->phrase();
  const auto norms =
      loaded->map.predict(statistics->base, vocoder::summary_of(phrase, prosody_->token_frames().front()));
  const auto conditioning = vocoder::Conditioning::of(norms, prosody_->style());
  const auto [begin, end] = loaded->activity.voiced(phrase.features);
  vocoder::Generator generator(loaded, vocoder::WindowPolicy().max_frames());
  vocoder::WindowedRun run(generator, phrase, begin, end);
  std::vector<float> windows;
  std::vector<std::size_t> seams;
  for (auto window = run.next(conditioning); !window.empty(); window = run.next(conditioning)) {
    seams.push_back(windows.size());
    windows.insert(windows.end(), window.begin(), window.end());
  }
  for (float& sample : windows) sample /= std::sqrt(statistics->excess);

  const auto stretch = std::span(whole_).subspan(begin * vocoder::kFrameSamples, windows.size());
  const double distance = spectral_distance(stretch, windows);
  const double level = level_difference_db(windows, stretch);
  std::printf("windows: %.2f dB, level %+.2f dB\n", distance, level);
  EXPECT_LT(distance, 3.5);
  EXPECT_LT(std::abs(level), 1.0);

  // No step at a seam is larger than the largest of the phrase.
  ASSERT_GT(seams.size(), 2U);
  const auto step = [&](std::size_t i) { return std::abs(windows[i] - windows[i - 1]); };
  float largest = 0.0F;
  for (std::size_t i = 1; i < windows.size(); ++i) largest = std::max(largest, std::abs(stretch[i] - stretch[i - 1]));
  for (std::size_t seam = 1; seam < seams.size(); ++seam) {
    for (std::size_t i = seams[seam]; i < seams[seam] + 120; ++i) EXPECT_LT(step(i), 1.1F * largest) << seams[seam];
  }
}

INSTANTIATE_TEST_SUITE_P(Voices, KokoroDistance, ::testing::ValuesIn(kSaid),
                         [](const auto& said) { return std::string(said.param.voice); });

}  // namespace
}  // namespace parley::synthesis
