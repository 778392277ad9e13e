// SPDX-License-Identifier: GPL-3.0-or-later
#include "piper.h"

#include <array>
#include <atomic>
#include <fstream>
#include <map>
#include <utility>

#include <onnxruntime_cxx_api.h>
#include <nlohmann/json.hpp>

#include "audio/frame.h"
#include "base/onnx.h"
#include "base/utf8.h"
#include "synthesis/espeak.h"
#include "synthesis/speech_shape.h"

namespace parley::bench {
namespace {

using Ids = std::vector<std::int64_t>;

constexpr std::array kInputs{"input", "input_lengths", "scales"};
constexpr std::array kOutputs{"output"};
constexpr std::string_view kClauseMarks = ",;:.?!";
constexpr std::string_view kSentenceMarks = ".?!";

/// voice.json.
struct PiperSettings {
  Language language;
  std::string espeak_voice;
  int rate = 0;
  std::array<float, 3> scales{};  ///< Noise, length, noise of the durations.
  std::map<char32_t, Ids> ids;    ///< Of each phoneme; '^', '_' and '$' frame them.
};

Result<PiperSettings> read_settings(const std::filesystem::path& file) {
  try {
    std::ifstream stream(file);
    const auto json = nlohmann::json::parse(stream);
    const auto language = Language::parse(json.at("language").at("family").get<std::string>());
    if (!language) return std::unexpected(language.error());
    const auto& inference = json.at("inference");
    PiperSettings settings{
        .language = *language,
        .espeak_voice = json.at("espeak").at("voice"),
        .rate = json.at("audio").at("sample_rate"),
        .scales = {inference.at("noise_scale"), inference.at("length_scale"), inference.at("noise_w")}};
    for (const auto& [phoneme, ids] : json.at("phoneme_id_map").items())
      settings.ids[first_code_point(phoneme).value] = ids.get<Ids>();
    for (const char32_t frame : {U'^', U'_', U'$'}) settings.ids.at(frame);
    return settings;
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInvalid, "{} is no voice of Piper: {}", file.string(), error.what());
  }
}

/// Phonemes of each sentence, clause marks kept: "həlˈoʊ, mˈæm.".
Result<std::vector<std::string>> phonemes_of(std::string_view text, const std::string& espeak_voice) {
  std::vector<std::string> sentences(1);
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin;
    const auto ends_clause = [&](std::size_t i) {
      return kClauseMarks.contains(text[i]) && (i + 1 == text.size() || text[i + 1] == ' ');
    };
    while (end < text.size() && !ends_clause(end)) ++end;
    auto ipa = synthesis::espeak_ipa(text.substr(begin, end - begin), espeak_voice);
    if (!ipa) return std::unexpected(ipa.error());
    std::erase(*ipa, synthesis::kTie);
    if (!sentences.back().empty()) sentences.back() += ' ';
    sentences.back() += *ipa;
    if (end < text.size()) {
      sentences.back() += text[end];
      if (kSentenceMarks.contains(text[end])) sentences.emplace_back();
    }
    begin = std::min(end + 2, text.size());
  }
  if (sentences.back().empty()) sentences.pop_back();
  return sentences;
}

/// ^ _ p _ p _ … $, as Piper's training had them; a phoneme that the voice does not have is left out.
Ids ids_of(std::string_view phonemes, const PiperSettings& settings) {
  Ids ids;
  const auto append = [&](char32_t symbol) {
    const auto found = settings.ids.find(symbol);
    if (found == settings.ids.end()) return false;
    ids.insert(ids.end(), found->second.begin(), found->second.end());
    return true;
  };
  append(U'^');
  append(U'_');
  for (const char32_t phoneme : decode_utf8(phonemes)) {
    if (append(phoneme)) append(U'_');
  }
  append(U'$');
  return ids;
}

struct PiperModel {
  PiperSettings settings;
  mutable Ort::Session session;

  Result<std::vector<std::int16_t>> sound(Ids ids, float pace) const;
};

Result<std::vector<std::int16_t>> PiperModel::sound(Ids ids, float pace) const {
  const std::array<std::int64_t, 2> shape{1, static_cast<std::int64_t>(ids.size())};
  const std::array<std::int64_t, 1> one{1};
  const std::array<std::int64_t, 1> three{3};
  std::array<std::int64_t, 1> length{shape[1]};
  std::array<float, 3> scales = settings.scales;
  scales[1] *= pace;
  const auto tensor = [](auto& values, auto& dimensions) {
    return Ort::Value::CreateTensor(onnx_cpu_memory(), values.data(), values.size(), dimensions.data(),
                                    dimensions.size());
  };
  const std::array inputs{tensor(ids, shape), tensor(length, one), tensor(scales, three)};
  try {
    const auto outputs =
        session.Run(Ort::RunOptions(), kInputs.data(), inputs.data(), inputs.size(), kOutputs.data(), kOutputs.size());
    const auto count = outputs[0].GetTensorTypeAndShapeInfo().GetElementCount();
    return synthesis::shape_speech({outputs[0].GetTensorData<float>(), count}, settings.rate);
  } catch (const Ort::Exception& error) {
    return fail(ErrorCode::kInternal, "Piper failed: {}", error.what());
  }
}

class PiperSpeech : public synthesis::SpeechStream {
 public:
  PiperSpeech(std::shared_ptr<const PiperModel> model, std::vector<std::string> sentences, double speed)
      : model_(std::move(model)), sentences_(std::move(sentences)), pace_(static_cast<float>(1.0 / speed)) {}

  Result<std::vector<std::int16_t>> next() override {
    while (next_ < sentences_.size()) {
      if (cancelled_) return fail(ErrorCode::kCancelled, "the synthesis was cancelled");
      auto speech = model_->sound(ids_of(sentences_[next_++], model_->settings), pace_);
      if (!speech) return speech;
      given_ += speech->size();
      if (!speech->empty()) return speech;
    }
    return std::vector<std::int16_t>();
  }

  void cancel() override { cancelled_ = true; }

  synthesis::SpeechPosition position() const override {
    return {milliseconds(given_ * 1000 / audio::kSampleRate), milliseconds(0)};
  }

 private:
  const std::shared_ptr<const PiperModel> model_;
  const std::vector<std::string> sentences_;
  const float pace_;
  std::size_t next_ = 0;
  std::atomic<std::size_t> given_{0};
  std::atomic<bool> cancelled_{false};
};

class Piper : public synthesis::Synthesizer {
 public:
  explicit Piper(std::shared_ptr<const PiperModel> model) : model_(std::move(model)) {}

  std::string_view name() const override { return "piper"; }
  bool supports(const Language& language) const override { return language == model_->settings.language; }
  std::string default_voice(const Language& language) const override { return supports(language) ? "joe" : ""; }

  Result<std::unique_ptr<synthesis::SpeechStream>> synthesize(
      const synthesis::SynthesisRequest& request) const override {
    if (!supports(request.language)) return fail(ErrorCode::kUnsupported, "Piper's voice speaks another language");
    auto sentences = phonemes_of(request.phrase, model_->settings.espeak_voice);
    if (!sentences) return std::unexpected(sentences.error());
    return std::make_unique<PiperSpeech>(model_, std::move(*sentences), request.speed);
  }

  Result<void> warm_up() const override {
    const auto samples = model_->sound(ids_of("ˈaˈaˈa.", model_->settings), 1.0F);
    if (!samples) return std::unexpected(samples.error());
    return {};
  }

 private:
  const std::shared_ptr<const PiperModel> model_;
};

}  // namespace

Result<std::shared_ptr<const synthesis::Synthesizer>> load_piper(const std::filesystem::path& directory, int threads) {
  auto settings = read_settings(directory / "voice.json");
  if (!settings) return std::unexpected(settings.error());
  const auto file = directory / "voice.onnx";
  auto session = open_onnx(file, {.threads = threads});
  if (!session) return std::unexpected(session.error());
  if (auto ok = check_onnx_names(*session, file, {kInputs.begin(), kInputs.end()}, {kOutputs.begin(), kOutputs.end()});
      !ok)
    return std::unexpected(ok.error());
  auto model = std::make_shared<PiperModel>(std::move(*settings), std::move(*session));
  return std::make_shared<const Piper>(std::move(model));
}

}  // namespace parley::bench
