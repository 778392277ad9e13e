// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "audio/leveller.h"
#include "base/clock.h"
#include "translation/incremental_translation.h"

namespace parley::call {

/// How a conversation is made fluent. Every technique can be switched off by itself, to see what it is worth; without
/// any of them an utterance is recognised, translated and spoken when its speaker has been silent for
/// EndpointerConfig::endpoint_silence.
struct ConversationConfig {
  /// Recognises and translates while somebody speaks.
  bool partials = true;
  milliseconds partial_interval{250};  ///< From one to the next, of speech.

  translation::CommitPolicy commit;  ///< What is spoken before the end; needs `partials`.

  /// Works out the answer as soon as the speaker falls silent, and holds it back until the endpoint.
  bool speculate = true;

  /// How long a silence is the end, by what was said before it; needs `speculate`.
  bool adaptive_endpoint = true;
  milliseconds complete_silence{288};  ///< A whole sentence, a full answer. (The detector looks every 32 ms.)
  milliseconds unclear_silence{448};
  milliseconds open_silence{640};  ///< In the middle of a clause, of a number.

  /// Few, long phrases, each spoken as what follows the one before; otherwise short ones that know nothing of each
  /// other.
  bool smooth_joins = true;

  /// Plays faster, with the pitch kept, while the translation falls behind somebody who goes on.
  bool stretch = true;
  float most_stretch = 1.25F;  ///< 1.0…Playout::kFastest.
};

/// What is done about the translation while its listener talks over it.
enum class TalkOver : std::uint8_t {
  kIgnore,
  kDuck,  ///< It is played lower.
  kStop,  ///< Lower, and stopped at the end of a phrase when the listener goes on; the rest is in the caption.
};

/// How often an engine that failed is tried again, and how soon. Each wait is twice the one before.
struct RetryPolicy {
  milliseconds first{300};  ///< After the failure; 0: at once.
  int times = 3;
};

/// What is done while a stage cannot keep up. Each begins above its lag and ends below half of it.
struct BackpressureConfig {
  /// From when a hypothesis of a speaker who goes on is due until a core is free for it. While it lags, they are asked
  /// for every `slow_partial_interval`; what was said meanwhile is kept and heard in one.
  milliseconds recognition_lag{300};
  milliseconds slow_partial_interval{1000};

  /// From when the next piece of speech was asked for until it is there. While it lags, what there is is played slower.
  milliseconds synthesis_lag{400};
  float slow_tempo = 0.85F;  ///< Playout::kSlowest…1.0.

  /// While so many phrases wait to be spoken, nothing more is translated of somebody who goes on.
  std::size_t most_phrases = 4;

  /// Utterances of one speaker that wait to be understood; beyond, the oldest is dropped and said so in the ledger.
  std::size_t most_utterances = 8;
};

/// How calls behave. The defaults here are the ones documented for parley.toml.
struct CallConfig {
  /// What the listener hears of the speaker's own voice while it is being translated: under the translation, and when
  /// none plays.
  bool original = true;
  float original_gain_db = -12.0F;  ///< No translation playing. −60…0.
  float ducked_gain_db = -24.0F;    ///< Under the translation. −60…0.
  milliseconds ramp{80};            ///< From one gain to the other.

  audio::LevellingConfig levelling;  ///< The translation is as loud as its speaker.

  TalkOver talk_over = TalkOver::kDuck;
  float talk_over_gain_db = -12.0F;  ///< The translation under its listener's own voice. −60…0.
  milliseconds talk_over_time{600};  ///< So long the listener talks before the translation is stopped.

  ConversationConfig conversation;

  /// A leg whose dialplan names no language speaks and hears this one.
  std::string default_language = "en";

  /// The mirror number: what a caller of a language hears itself in, where the dialplan does not say. Others hear
  /// `default_language`.
  std::map<std::string, std::string> mirror = {{"en", "pt"}};

  /// A leg that stays alone in its room for so long is hung up, so that the dialplan can go on.
  milliseconds partner_timeout{10000};

  /// Synthesis of the next phrase waits while so much translated speech is still to be played.
  milliseconds playout_high_water{5000};

  /// Threads for recognition and synthesis of all calls together; 0: one per core.
  int executor_threads = 0;

  BackpressureConfig backpressure;

  /// An utterance that recogniser or translator failed on, and a phrase that the synthesiser failed on.
  RetryPolicy retry_understanding{.first = milliseconds(300), .times = 3};
  RetryPolicy retry_speech{.first = milliseconds(0), .times = 1};

  /// A leg whose connection was lost is waited for so long, with its call as it is.
  milliseconds return_timeout{2500};
};

}  // namespace parley::call
