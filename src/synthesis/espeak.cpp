// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/espeak.h"

#include <mutex>

#include <espeak-ng/speak_lib.h>

namespace parley::synthesis {
namespace {

// espeak-ng's phoneme mode: bit 1 is IPA, bit 7 puts the tie character, which bits 8…23 hold, between letters of one
// sound.
constexpr int kIpaWithTies = static_cast<int>(kTie) << 8 | 0x80 | espeakPHONEMES_IPA;

class Espeak {
 public:
  static Espeak& instance() {
    static Espeak espeak;
    return espeak;
  }

  Result<std::string> ipa(std::string_view text, std::string_view voice) {
    const std::lock_guard lock(mutex_);
    if (!started_) {
      return fail(ErrorCode::kUnavailable,
                  "espeak-ng does not start: its data is missing; install the package espeak-ng-data");
    }
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

 private:
  // Without the last flag the library would end the process when its data is missing.
  Espeak() : started_(espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, nullptr, espeakINITIALIZE_DONT_EXIT) > 0) {}

  Result<void> select(std::string_view voice) {
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

}  // namespace parley::synthesis
