// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/kokoro_whole.h"

#include <atomic>
#include <vector>

#include "audio/frame.h"
#include "base/paths.h"
#include "synthesis/kokoro_inputs.h"
#include "synthesis/kokoro_model.h"
#include "synthesis/speech_shape.h"

namespace parley::synthesis {

struct KokoroWhole::Parts {
  KokoroText text;
  KokoroModel model;
};

namespace {

// A phrase that was made ready: run after run gives its speech.
class WholeSpeech : public SpeechStream {
 public:
  WholeSpeech(std::shared_ptr<const KokoroModel> model, KokoroPhrase phrase)
      : model_(std::move(model)), phrase_(std::move(phrase)) {}

  Result<std::vector<std::int16_t>> next() override {
    if (cancelled_) return cancelled();
    while (next_ < phrase_.runs.size()) {
      const auto& tokens = phrase_.runs[next_++];
      const auto samples = model_->run(tokens, phrase_.voice->row(tokens.size()), phrase_.speed, options_);
      if (cancelled_) return cancelled();
      if (!samples) return std::unexpected(samples.error());
      auto speech = shape_speech(*samples, KokoroModel::kSampleRate);
      if (!speech.empty()) {
        given_samples_ += speech.size();
        return speech;
      }
    }
    return std::vector<std::int16_t>();
  }

  void cancel() override {
    cancelled_ = true;
    options_.SetTerminate();
  }

  SpeechPosition position() const override {
    const milliseconds given(given_samples_ * 1000 / audio::kSampleRate);
    return {given, given};
  }

 private:
  static std::unexpected<Error> cancelled() { return fail(ErrorCode::kCancelled, "the synthesis was cancelled"); }

  const std::shared_ptr<const KokoroModel> model_;
  const KokoroPhrase phrase_;
  std::size_t next_ = 0;
  Ort::RunOptions options_;
  std::atomic<bool> cancelled_{false};
  std::atomic<std::size_t> given_samples_{0};
};

}  // namespace

Result<std::shared_ptr<const KokoroWhole>> KokoroWhole::load(const KokoroConfig& config) {
  if (auto ok = config.validate(); !ok) return std::unexpected(ok.error());
  const auto directory = config.directory.empty() ? default_model_directory() / "kokoro" : config.directory;
  auto text = KokoroText::load(directory, config.voices);
  if (!text) return std::unexpected(text.error());
  auto model = KokoroModel::load(directory / "kokoro.onnx", config.threads);
  if (!model) return std::unexpected(model.error());
  auto parts = std::make_shared<const Parts>(std::move(*text), std::move(*model));
  return std::shared_ptr<const KokoroWhole>(new KokoroWhole(std::move(parts)));
}

KokoroWhole::KokoroWhole(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}

KokoroWhole::~KokoroWhole() = default;

bool KokoroWhole::supports(const Language& language) const { return parts_->text.supports(language); }

std::string KokoroWhole::default_voice(const Language& language) const { return parts_->text.default_voice(language); }

Result<std::unique_ptr<SpeechStream>> KokoroWhole::synthesize(const SynthesisRequest& request) const {
  auto phrase = parts_->text.prepare(request);
  if (!phrase) return std::unexpected(phrase.error());
  const std::shared_ptr<const KokoroModel> model(parts_, &parts_->model);
  return std::make_unique<WholeSpeech>(model, std::move(*phrase));
}

Result<void> KokoroWhole::warm_up() const {
  const std::vector<float> style(kStyleSize, 0.0F);
  const auto samples = parts_->model.run(parts_->text.tokens("ˈaˈaˈa."), style, 1.0F, Ort::RunOptions());
  if (!samples) return std::unexpected(samples.error());
  return {};
}

}  // namespace parley::synthesis
