// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/playout.h"

#include <algorithm>
#include <array>

namespace parley::call {
namespace {

/// Utterances and phrases that can wait to be played at once; synthesis is held long before.
constexpr std::size_t kCues = 1024;

milliseconds duration_of(std::size_t samples) { return milliseconds(samples * 1000 / audio::kSampleRate); }

std::size_t samples_in(milliseconds time) {
  return static_cast<std::size_t>(std::max<std::int64_t>(time.count(), 0)) * audio::kSampleRate / 1000;
}

}  // namespace

Playout::Playout(const PlayoutConfig& config)
    : config_(config), samples_(kCapacitySamples), cues_(kCues), events_(kCues), duck_(1.0F, config.duck_time) {}

void Playout::begin(std::uint64_t utterance) {
  cues_.push({.kind = Cue::Kind::kBegin, .position = written_, .utterance = utterance});
}

std::size_t Playout::write(std::span<const std::int16_t> samples) {
  const std::size_t count = samples_.write(samples);
  written_ += count;
  return count;
}

void Playout::end(std::uint64_t utterance) {
  cues_.push({.kind = Cue::Kind::kEnd, .position = written_, .utterance = utterance});
}

void Playout::end_phrase(milliseconds pause) {
  cues_.push({.kind = Cue::Kind::kPhraseEnd,
              .position = written_,
              .pause = static_cast<std::uint32_t>(samples_in(pause))});
}

milliseconds Playout::backlog() const { return duration_of(samples_.size()); }

void Playout::set_tempo(float tempo) {
  tempo_.store(std::clamp(tempo, 1.0F, kFastest), std::memory_order_relaxed);
}

void Playout::set_ducked(bool ducked) { duck_.move_to(ducked ? audio::db_to_amplitude(config_.ducked_db) : 1.0F); }

void Playout::stop_at_phrase_end() { stopping_ = speaking_; }

bool Playout::read(audio::Frame& frame, std::uint64_t tick) {
  discard_what_was_cut();
  audio::Frame out{};
  std::size_t filled = 0;
  bool sound = false;
  while (filled < out.size()) {
    pass_cues(tick);
    const auto rest = std::span(out).subspan(filled);
    if (pause_ > 0 && samples_.size() > 0) {
      const std::size_t silence = std::min(pause_, rest.size());
      pause_ -= silence;
      filled += silence;
      continue;
    }
    const std::size_t played = play(rest, tick);
    if (played == 0) break;
    sound = true;
    filled += played;
  }
  pass_cues(tick);
  pause_ -= std::min(pause_, out.size() - filled);
  if (duck_.is_moving() || duck_.now() != 1.0F) audio::apply(out, duck_);
  if (sound) frame = out;
  return sound;
}

/// Gives what there is of one phrase; nothing where a frame would break off inside it.
std::size_t Playout::play(std::span<std::int16_t> out, std::uint64_t tick) {
  // The samples are looked at before the cues: what follows an end that is not seen here is not seen either.
  const std::size_t available = samples_.size();
  const Cue* cue = cues_.front();
  const bool ends = cue != nullptr && cue->position <= read_ + available;
  const std::size_t ready = ends ? static_cast<std::size_t>(cue->position - read_) : available;
  if (ready == 0 || (!ends && ready < out.size())) return 0;
  const std::size_t count = samples_.read(out.first(std::min(ready, out.size())));
  read_ += count;
  spoken_ += count;
  played_ += count;
  heard_at_ = tick;
  in_phrase_ = true;
  if (begun_ && !speaking_) {
    speaking_ = true;
    report(PlayoutEvent::Kind::kFirstFrame, tick);
  }
  return count;
}

/// Passes the cues that the reading position has reached.
void Playout::pass_cues(std::uint64_t tick) {
  for (const Cue* cue = cues_.front(); cue != nullptr && cue->position == read_ && !cut_; cue = cues_.front()) {
    Cue reached;
    cues_.pop(reached);
    pass(reached, tick);
  }
}

void Playout::pass(const Cue& cue, std::uint64_t tick) {
  switch (cue.kind) {
    case Cue::Kind::kBegin:
      utterance_ = cue.utterance;
      begun_ = true;
      spoken_ = played_ = 0;
      return;
    case Cue::Kind::kPhraseEnd:
      in_phrase_ = false;
      pause_ = cue.pause;
      if (stopping_) cut(tick);
      return;
    case Cue::Kind::kEnd:
      begun_ = speaking_ = in_phrase_ = stopping_ = false;
      report(PlayoutEvent::Kind::kLastFrame, tick);
      return;
  }
}

/// The phrase of an utterance that is to stop is over.
void Playout::cut(std::uint64_t tick) {
  stopping_ = false;
  const Cue* next = cues_.front();
  if (next != nullptr && next->kind == Cue::Kind::kEnd && next->position == read_) return;  // All of it was heard.
  report(PlayoutEvent::Kind::kCut, tick);
  cut_ = true;
  speaking_ = false;
}

void Playout::discard_what_was_cut() {
  if (stopping_ && !in_phrase_) cut(heard_at_);
  std::array<std::int16_t, audio::kFrameSamples> dropped;
  while (cut_) {
    const std::size_t available = samples_.size();
    const Cue* cue = cues_.front();
    const bool reached = cue != nullptr && cue->position <= read_ + available;
    std::size_t left = reached ? static_cast<std::size_t>(cue->position - read_) : available;
    read_ += left;
    while (left > 0) left -= samples_.read(std::span(dropped).first(std::min(left, dropped.size())));
    if (!reached) return;
    cut_ = cue->kind != Cue::Kind::kEnd;
    begun_ = cut_;
    Cue passed;
    cues_.pop(passed);
  }
}

void Playout::report(PlayoutEvent::Kind kind, std::uint64_t tick) {
  events_.push({.kind = kind,
                .utterance = utterance_,
                .tick = tick,
                .spoken = duration_of(spoken_),
                .saved = duration_of(spoken_ - std::min(spoken_, played_))});
}

}  // namespace parley::call
