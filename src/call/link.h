// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "audio/frame.h"
#include "base/language.h"
#include "base/spsc_ring.h"
#include "call/media_clock.h"
#include "call/playout.h"
#include "telemetry/loop_stats.h"

namespace parley::call {

/// What the listener of one direction hears of the speaker.
enum class Mode : std::uint8_t {
  kTranslated,   ///< The translation; the original underneath as configured.
  kPassThrough,  ///< The original voice as it is: nothing to translate, or no engine that can.
};

/// What can be done for a direction, known when both parties are there.
enum class Service : std::uint8_t {
  kTranslate,
  kSameLanguage,  ///< They understand each other.
  kUnsupported,   ///< No engines for this pair: the listener is told once.
  kBusy,          ///< Too many calls: likewise.
};

/// 20 ms of the speaker, dated.
struct HeardFrame {
  std::uint64_t tick = 0;
  audio::Frame samples{};
};

/// One direction of a call, speaker → listener: all that the media thread, the hearing thread and the inference threads
/// share of it. Data goes from media over `heard` to hearing, from inference over `playout` to media; nobody waits for
/// anybody.
struct Link {
  explicit Link(const PlayoutConfig& playout_config = {}) : playout(playout_config) {}

  /// 1.3 s: the hearing thread may be late by so much before sound is lost, and counted.
  static constexpr std::size_t kHeardFrames = 64;

  static constexpr float kUnknownLoudness = -100.0F;

  // Said once, before the threads share it.
  std::string session;
  std::string speaker;  ///< Leg names, for logs and the ledger.
  std::string listener;
  LanguagePair pair;
  Service service = Service::kTranslate;
  std::uint64_t first_tick = 0;  ///< The room's start: time zero of its ledger.

  SpscRing<HeardFrame> heard{kHeardFrames};                            ///< media → hearing
  telemetry::DropCounter heard_drops{telemetry::Queue::kRecognition};  ///< media: `heard` was full.
  Playout playout;                                                     ///< inference → media

  MediaClock clock;  ///< media → all

  std::atomic<bool> speaker_talks{false};                 ///< hearing → media
  std::atomic<float> speaker_loudness{kUnknownLoudness};  ///< hearing → inference: LUFS
  std::atomic<Mode> mode{Mode::kTranslated};              ///< hearing, inference → media
  std::atomic<bool> speaker_left{false};                  ///< media → hearing: no more frames; finish what was said.
  std::atomic<bool> listener_left{false};                 ///< media → all: nobody hears this any more; stop.
  std::atomic<bool> finished{false};  ///< hearing → media: everything that was said has gone to `playout`.
};

}  // namespace parley::call
