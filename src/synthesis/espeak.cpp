// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/espeak.h"

#include <cmath>
#include <mutex>

#include <espeak-ng/speak_lib.h>

namespace parley::synthesis {
namespace {

// espeak-ng's phoneme mode: bit 1 is IPA, bit 7 puts the tie character, which bits 8…23 hold, between letters of one
// sound.
constexpr int kIpaWithTies = static_cast<int>(kTie) << 8 | 0x80 | espeakPHONEMES_IPA;

constexpr double kWordsPerMinute = espeakRATE_NORMAL;

/// What espeak-ng's callback works on; the library gives it no way to carry that along which works when it has nothing
/// to say.
struct Speaking {
  const EspeakSink* take = nullptr;
  bool stopped = false;
};
Speaking* speaking = nullptr;

int take_samples(short* samples, int count, espeak_EVENT*) {
  if (speaking == nullptr || samples == nullptr || count <= 0) return 0;
  if (!speaking->stopped && !(*speaking->take)(std::span(samples, static_cast<std::size_t>(count))))
    speaking->stopped = true;
  return speaking->stopped ? 1 : 0;
}

class Espeak {
 public:
  static Espeak& instance() {
    static Espeak espeak;
    return espeak;
  }

  Result<std::string> ipa(std::string_view text, std::string_view voice) {
    const std::lock_guard lock(mutex_);
    if (auto ok = select(voice); !ok) return std::unexpected(ok.error());
    const std::string terminated(text);
    const void* rest = terminated.c_str();
    std::string out;
    while (rest != nullptr) {
      const char* clause = espeak_TextToPhonemes(&rest, espeakCHARS_UTF8, kIpaWithTies);
      if (clause == nullptr || *clause == '\0') continue;
      if (!out.empty()) out += ' ';
      out += clause;
    }
    return out;
  }

  Result<void> speak(std::string_view text, std::string_view voice, double speed, const EspeakSink& take) {
    const std::lock_guard lock(mutex_);
    if (auto ok = select(voice); !ok) return std::unexpected(ok.error());
    espeak_SetParameter(espeakRATE, static_cast<int>(std::lround(kWordsPerMinute * speed)), 0);
    const std::string terminated(text);
    Speaking mine{.take = &take};
    speaking = &mine;
    const auto status = espeak_Synth(terminated.c_str(), terminated.size() + 1, 0, POS_CHARACTER, 0, espeakCHARS_UTF8,
                                     nullptr, nullptr);
    speaking = nullptr;
    if (mine.stopped) return fail(ErrorCode::kCancelled, "the speech was cancelled");
    if (status != EE_OK)
      return fail(ErrorCode::kInternal, "espeak-ng cannot speak (error {})", static_cast<int>(status));
    return {};
  }

 private:
  // Synchronous serves both uses. Without the last flag the library would end the process when its data is missing.
  Espeak()
      : started_(espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr, espeakINITIALIZE_DONT_EXIT) == kEspeakRate) {
    if (started_) espeak_SetSynthCallback(take_samples);
  }

  Result<void> select(std::string_view voice) {
    if (!started_) {
      return fail(ErrorCode::kUnavailable,
                  "espeak-ng does not start: its data is missing; install the package espeak-ng-data");
    }
    if (voice == voice_) return {};
    voice_.clear();
    if (espeak_SetVoiceByName(std::string(voice).c_str()) != EE_OK) {
      return fail(ErrorCode::kUnsupported,
                  "this espeak-ng has no voice \"{}\": install the complete package espeak-ng-data", voice);
    }
    voice_ = voice;
    return {};
  }

  std::mutex mutex_;
  const bool started_;
  std::string voice_;
};

}  // namespace

Result<std::string> espeak_ipa(std::string_view text, std::string_view espeak_voice) {
  return Espeak::instance().ipa(text, espeak_voice);
}

Result<void> espeak_speak(std::string_view text, std::string_view espeak_voice, double speed, const EspeakSink& take) {
  return Espeak::instance().speak(text, espeak_voice, speed, take);
}

}  // namespace parley::synthesis
