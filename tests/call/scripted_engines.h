// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "call/services.h"

namespace parley::call::scripted {

/// Engines that do what a test says. They let a test choose the moment and the kind of a failure, which real ones do
/// not.
struct Script {
  std::function<Result<recognition::Transcript>(std::size_t samples)> recognise = [](std::size_t) {
    return Result<recognition::Transcript>({.text = "good morning", .confidence = 0.9});
  };
  std::function<Result<translation::Translation>(const std::string&)> translate = [](const std::string& source) {
    return Result<translation::Translation>({.text = "<" + source + ">"});
  };
  /// Whether a phrase can be spoken at all.
  std::function<Result<void>(const std::string& phrase)> open_speech = [](const std::string&) {
    return Result<void>();
  };
  /// The speech of one phrase: its chunks one after the other, then an empty one.
  std::function<Result<std::vector<std::int16_t>>(const std::string& phrase, int chunk)> speak = [](const std::string&,
                                                                                                    int chunk) {
    return Result<std::vector<std::int16_t>>(chunk == 0 ? std::vector<std::int16_t>(1600, 1000)
                                                        : std::vector<std::int16_t>());
  };
};

class ScriptedRecognizer : public recognition::Recognizer {
 public:
  explicit ScriptedRecognizer(const Script& script) : script_(script) {}
  std::string_view name() const override { return "scripted"; }
  bool supports(const Language&) const override { return true; }
  Result<void> warm_up() const override { return {}; }
  Result<std::unique_ptr<recognition::RecognitionStream>> open(const recognition::SessionContext&) const override {
    struct Stream : recognition::RecognitionStream {
      explicit Stream(const Script& s) : script(s) {}
      void feed(std::span<const std::int16_t> more) override { samples += more.size(); }
      Result<recognition::Transcript> hypothesis(recognition::Speech) override { return script.recognise(samples); }
      void start_over() override { samples = 0; }
      Result<recognition::Transcript> finish() override { return script.recognise(std::exchange(samples, 0)); }
      const Script& script;
      std::size_t samples = 0;
    };
    return std::make_unique<Stream>(script_);
  }

 private:
  const Script& script_;
};

class ScriptedTranslator : public translation::Translator {
 public:
  explicit ScriptedTranslator(const Script& script) : script_(script) {}
  std::string_view name() const override { return "scripted"; }
  bool supports(const LanguagePair&) const override { return true; }
  Result<void> warm_up() const override { return {}; }
  Result<translation::Translation> translate(const translation::TranslationRequest& request) const override {
    return script_.translate(request.source);
  }

 private:
  const Script& script_;
};

class ScriptedSynthesizer : public synthesis::Synthesizer {
 public:
  explicit ScriptedSynthesizer(const Script& script) : script_(script) {}
  std::string_view name() const override { return "scripted"; }
  bool supports(const Language& language) const override { return language.code() == "en" || language.code() == "pt"; }
  std::string default_voice(const Language&) const override { return "voice"; }
  Result<void> warm_up() const override { return {}; }
  Result<std::unique_ptr<synthesis::SpeechStream>> synthesize(
      const synthesis::SynthesisRequest& request) const override {
    struct Stream : synthesis::SpeechStream {
      Stream(const Script& s, std::string p) : script(s), phrase(std::move(p)) {}
      Result<std::vector<std::int16_t>> next() override {
        if (cancelled) return fail(ErrorCode::kCancelled, "cancelled");
        return script.speak(phrase, chunk++);
      }
      void cancel() override { cancelled = true; }
      synthesis::SpeechPosition position() const override { return {}; }
      const Script& script;
      const std::string phrase;
      int chunk = 0;
      std::atomic<bool> cancelled{false};
    };
    if (auto ok = script_.open_speech(request.phrase); !ok) return std::unexpected(ok.error());
    return std::make_unique<Stream>(script_, request.phrase);
  }

 private:
  const Script& script_;
};

/// The level of each notice's sound, indexed by Notice.
inline constexpr std::array<std::int16_t, 3> kNotices{77, 88, 99};

/// `script` outlives the engines.
inline std::shared_ptr<Engines> engines(const Script& script) {
  auto all = std::make_shared<Engines>();
  for (const char* code : {"en", "pt"})
    all->recognizers[*Language::parse(code)] = {std::make_shared<ScriptedRecognizer>(script)};
  all->translators = {std::make_shared<ScriptedTranslator>(script)};
  all->synthesizers = {std::make_shared<ScriptedSynthesizer>(script)};
  all->notice = [](const Language&, synthesis::Notice notice) {
    return std::make_shared<const std::vector<std::int16_t>>(3200, kNotices[static_cast<std::size_t>(notice)]);
  };
  return all;
}

/// What calls are served with, around scripted engines.
struct World {
  explicit World(const Script& script, int threads) : engines(scripted::engines(script)), executor(threads) {
    config.retry_understanding.first = milliseconds(1);
  }

  Services services() { return {engines, executor, ledger, health, stats, capacity, config}; }

  std::shared_ptr<Engines> engines;
  CallConfig config;
  telemetry::Ledger ledger;
  telemetry::Health health;
  telemetry::LoopStats stats;
  Capacity capacity{{.calls = 100}};
  Executor executor;
};

}  // namespace parley::call::scripted
