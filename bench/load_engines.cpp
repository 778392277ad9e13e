// SPDX-License-Identifier: GPL-3.0-or-later
#include "load_engines.h"

#include <array>
#include <atomic>
#include <cmath>
#include <numbers>
#include <string>
#include <thread>
#include <utility>

#include "audio/frame.h"
#include "base/clock.h"

namespace parley::bench {
namespace {

using audio::kSampleRate;

constexpr milliseconds kWork{1};
constexpr std::size_t kSamplesPerWord = kSampleRate * 2 / 5;
constexpr std::size_t kUnsettled = 2;
constexpr std::size_t kWordsPerSentence = 9;
constexpr std::size_t kSamplesPerCharacter = kSampleRate / 14;
constexpr std::size_t kPiece = kSampleRate / 2;

constexpr std::array kWords{"the",   "parcel", "will", "come",   "tomorrow", "when", "somebody", "is",
                            "there", "we",     "call", "before", "and",      "ask",  "which",    "door"};

std::string word(std::size_t number) {
  std::string text = kWords[number % kWords.size()];
  if (number % kWordsPerSentence == kWordsPerSentence - 1) text += '.';
  return text;
}

recognition::Transcript heard(std::size_t samples, recognition::Speech speech) {
  recognition::Transcript transcript{.confidence = 0.9};
  const std::size_t words = samples / kSamplesPerWord;
  for (std::size_t i = 0; i < words; ++i) {
    const auto begin = milliseconds(i * kSamplesPerWord * 1000 / kSampleRate);
    transcript.words.push_back({word(i), begin, begin + milliseconds(400)});
    transcript.text += (i > 0 ? " " : "") + word(i);
  }
  transcript.agreed = speech == recognition::Speech::kPaused ? words : words - std::min(words, kUnsettled);
  return transcript;
}

class QuickRecognizer final : public recognition::Recognizer {
 public:
  std::string_view name() const override { return "quick"; }
  bool supports(const Language&) const override { return true; }
  Result<void> warm_up() const override { return {}; }
  Result<std::unique_ptr<recognition::RecognitionStream>> open(const recognition::SessionContext&) const override {
    return std::make_unique<Stream>();
  }

 private:
  class Stream final : public recognition::RecognitionStream {
   public:
    void feed(std::span<const std::int16_t> more) override { samples_ += more.size(); }
    Result<recognition::Transcript> hypothesis(recognition::Speech speech) override {
      std::this_thread::sleep_for(kWork);
      return heard(samples_, speech);
    }
    Result<recognition::Transcript> finish() override {
      return heard(std::exchange(samples_, 0), recognition::Speech::kPaused);
    }
    void start_over() override { samples_ = 0; }

   private:
    std::size_t samples_ = 0;
  };
};

class QuickTranslator final : public translation::Translator {
 public:
  std::string_view name() const override { return "quick"; }
  bool supports(const LanguagePair&) const override { return true; }
  Result<void> warm_up() const override { return {}; }
  Result<translation::Translation> translate(const translation::TranslationRequest& request) const override {
    std::this_thread::sleep_for(kWork);
    return translation::Translation{.text = request.source, .prepared_source = request.source};
  }
};

class QuickSynthesizer final : public synthesis::Synthesizer {
 public:
  std::string_view name() const override { return "quick"; }
  bool supports(const Language&) const override { return true; }
  std::string default_voice(const Language&) const override { return "tone"; }
  Result<void> warm_up() const override { return {}; }
  Result<std::unique_ptr<synthesis::SpeechStream>> synthesize(
      const synthesis::SynthesisRequest& request) const override {
    return std::make_unique<Stream>(request.phrase.size() * kSamplesPerCharacter);
  }

 private:
  class Stream final : public synthesis::SpeechStream {
   public:
    explicit Stream(std::size_t samples) : left_(samples) {}
    Result<std::vector<std::int16_t>> next() override {
      if (cancelled_) return fail(ErrorCode::kCancelled, "cancelled");
      std::vector<std::int16_t> piece(std::min(left_, kPiece));
      for (std::int16_t& sample : piece)
        sample = static_cast<std::int16_t>(
            6000.0 * std::sin(2.0 * std::numbers::pi * 180.0 * static_cast<double>(at_++) / kSampleRate));
      left_ -= piece.size();
      return piece;
    }
    void cancel() override { cancelled_ = true; }
    synthesis::SpeechPosition position() const override { return {}; }

   private:
    std::size_t left_;
    std::size_t at_ = 0;
    std::atomic<bool> cancelled_{false};
  };
};

}  // namespace

std::shared_ptr<const recognition::Recognizer> quick_recognizer() { return std::make_shared<QuickRecognizer>(); }
std::shared_ptr<const translation::Translator> quick_translator() { return std::make_shared<QuickTranslator>(); }
std::shared_ptr<const synthesis::Synthesizer> quick_synthesizer() { return std::make_shared<QuickSynthesizer>(); }

}  // namespace parley::bench
