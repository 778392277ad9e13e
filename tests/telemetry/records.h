// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>

#include "telemetry/utterance_record.h"

namespace parley::telemetry {

/// "Good morning" at 1 to 2 s, heard from 2.9 s on.
inline UtteranceRecord answered() {
  UtteranceRecord record;
  record.session = "s1";
  record.id = 3;
  record.speaker = "a";
  record.listener = "b";
  record.pair = {*Language::parse("en"), *Language::parse("pt")};
  record.begun = std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + std::chrono::milliseconds(62'000'123);
  record.source = "Good \"morning\"";
  record.translation = "Bom dia";
  record.speech_start = milliseconds(1000);
  record.speech_end = milliseconds(2000);
  record.audio_start = milliseconds(2900);
  record.audio_end = milliseconds(3700);
  record.stages = {
      .endpoint = 300, .queue = 1, .recognition = 98.76, .translation = 4, .synthesis = 110, .playout = 12};
  record.outcome = Outcome::kAnswered;
  return record;
}

/// Spoken clause by clause: heard before the speaker has ended, its last clause 400 ms after.
inline UtteranceRecord clause_by_clause() {
  UtteranceRecord record = answered();
  record.id = 4;
  record.audio_start = milliseconds(1800);
  record.answer_start = milliseconds(2400);
  record.partials = 3;
  record.speculations = 2;
  record.speculations_wasted = 1;
  record.speculated = true;
  record.stretched_ms = 240;
  record.note({.stage = Stage::kRecognition, .begin = MillisF(1300), .end = MillisF(1360.25), .text = "Good"});
  record.note({.stage = Stage::kCommit, .begin = MillisF(1500), .end = MillisF(1500), .text = "Bom"});
  record.note({.stage = Stage::kRecognition,
               .begin = MillisF(1700),
               .end = MillisF(1790),
               .speculative = true,
               .wasted = true,
               .text = "Good mourning"});
  record.note({.stage = Stage::kCommit, .begin = MillisF(2300), .end = MillisF(2300), .text = "dia"});
  record.note({.stage = Stage::kPlayout, .begin = MillisF(2400), .end = MillisF(3700), .text = "dia", .tempo = 1.2});
  return record;
}

}  // namespace parley::telemetry
