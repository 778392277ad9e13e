// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/playout.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

namespace parley::call {
namespace {

/// Utterances and phrases that can wait to be played at once; synthesis is held long before.
constexpr std::size_t kCues = 1024;

/// Fades where speech breaks off; so much of a phrase is kept back until more of it is there.
constexpr std::size_t kFade = audio::kSampleRate * 5 / 1000;

/// A phrase that begins or ends below it (−60 dBFS) does so softly by itself.
constexpr int kQuiet = 33;

/// Samples of a fade from its silent end.
std::int16_t faded(std::int16_t sample, std::size_t from_silence) {
  const float gain = (static_cast<float>(from_silence) + 0.5F) / static_cast<float>(kFade);
  return static_cast<std::int16_t>(static_cast<float>(sample) * gain);
}

void fade_in(std::span<std::int16_t> samples) {
  for (std::size_t i = 0; i < std::min(kFade, samples.size()); ++i) samples[i] = faded(samples[i], i);
}

/// Fades towards a silence that begins `left` samples after these.
void fade_out(std::span<std::int16_t> samples, std::size_t left) {
  for (std::size_t i = 0; i < samples.size() && left + i < kFade; ++i) {
    std::int16_t& sample = samples[samples.size() - 1 - i];
    sample = faded(sample, left + i);
  }
}

milliseconds duration_of(std::size_t samples) { return milliseconds(samples * 1000 / audio::kSampleRate); }

/// How much shorter `played` is than `spoken`, in samples; below zero: longer.
milliseconds duration_saved(std::size_t spoken, std::size_t played) {
  return spoken > played ? duration_of(spoken - played) : -duration_of(played - spoken);
}

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
  cues_.push(
      {.kind = Cue::Kind::kPhraseEnd, .position = written_, .pause = static_cast<std::uint32_t>(samples_in(pause))});
}

milliseconds Playout::backlog() const { return duration_of(samples_.size() + held_.load(std::memory_order_relaxed)); }

void Playout::set_tempo(float tempo) { tempo_.store(std::clamp(tempo, kSlowest, kFastest), std::memory_order_relaxed); }

void Playout::set_ducked(bool ducked) { duck_.move_to(ducked ? audio::db_to_amplitude(config_.ducked_db) : 1.0F); }

void Playout::stop_at_phrase_end() { stopping_ = speaking_; }

bool Playout::read(audio::Frame& frame, std::uint64_t tick) {
  voice_.set_tempo(tempo());
  discard_what_was_cut();
  audio::Frame out{};
  std::size_t filled = 0;
  bool sound = false;
  while (filled < out.size()) {
    pass_cues(tick);
    if (cut_) {
      discard_what_was_cut();
      if (cut_) break;
      continue;
    }
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
  held_.store(voice_.waiting(), std::memory_order_relaxed);
  if (duck_.is_moving() || duck_.now() != 1.0F) audio::apply(out, duck_);
  if (sound) frame = out;
  return sound;
}

/// Gives what there is of one phrase. Where the frame would break off inside it, nothing, or what fades out.
std::size_t Playout::play(std::span<std::int16_t> out, std::uint64_t tick) {
  const Ready ready = refill();
  if (ready.samples == 0) return 0;
  if (!ready.whole && ready.samples < out.size() + kFade) return in_phrase_ ? starve(out) : 0;
  if (starving_ && ready.whole && ready.samples <= kFade) {
    read_ += voice_.clear();  // Nothing followed: it was heard fading out.
    starving_ = false;
    return 0;
  }
  const bool all_in_voice = ready.whole && ready.samples == voice_.waiting();
  const bool ends_abruptly = all_in_voice && std::abs(int{voice_.held().back()}) > kQuiet;
  const bool begins_abruptly = starving_ || (!in_phrase_ && std::abs(int{voice_.held().front()}) > kQuiet);
  const auto progress = voice_.read(out, ready.whole ? 0 : kFade);
  const auto played = out.first(progress.given);
  if (begins_abruptly) fade_in(played);
  if (ends_abruptly) fade_out(played, voice_.waiting());
  starving_ = false;
  note_played(progress, tick);
  return progress.given;
}

/// Takes from the ring what the phrase that is read may need.
Playout::Ready Playout::refill() {
  // The samples are looked at before the cues: what follows an end that is not seen here is not seen either.
  const std::size_t available = samples_.size();
  const std::uint64_t taken = read_ + voice_.waiting();
  const Cue* cue = cues_.front();
  const bool whole = cue != nullptr && cue->position <= taken + available;
  const std::size_t rest = whole ? static_cast<std::size_t>(cue->position - taken) : available;
  std::array<std::int16_t, audio::TimeStretch::kCapacity> fresh;
  voice_.write(std::span(fresh).first(samples_.read(std::span(fresh).first(std::min(rest, voice_.room())))));
  return {.samples = static_cast<std::size_t>(taken - read_) + rest, .whole = whole};
}

/// The rest of a phrase is late. What is kept back of it fades out, and in again when it goes on.
std::size_t Playout::starve(std::span<std::int16_t> out) {
  starved_ += out.size();
  if (std::exchange(starving_, true)) return 0;
  const auto kept = voice_.held().first(std::min({kFade, voice_.waiting(), out.size()}));
  std::ranges::copy(kept, out.begin());
  fade_out(out.first(kept.size()), 0);
  return out.size();
}

void Playout::note_played(audio::TimeStretch::Progress progress, std::uint64_t tick) {
  read_ += progress.taken;
  spoken_ += progress.taken;
  played_ += progress.given;
  heard_at_ = tick;
  const bool phrase_begins = !std::exchange(in_phrase_, true);
  if (!begun_) return;
  if (!std::exchange(speaking_, true)) report(PlayoutEvent::Kind::kFirstFrame);
  if (phrase_begins) report(PlayoutEvent::Kind::kPhrase);
}

/// A pause between phrases as it is at this tempo.
std::size_t Playout::at_tempo(std::size_t pause) const {
  const float haste = (tempo() - 1.0F) / (kFastest - 1.0F);
  return static_cast<std::size_t>(static_cast<float>(pause) * (1.0F - haste * (1.0F - config_.shortest_pause)));
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
      heard_at_ = tick;
      spoken_ = played_ = starved_ = 0;
      return;
    case Cue::Kind::kPhraseEnd:
      in_phrase_ = false;
      pause_ = at_tempo(cue.pause);
      if (stopping_) cut();
      return;
    case Cue::Kind::kEnd:
      begun_ = speaking_ = in_phrase_ = stopping_ = false;
      report(PlayoutEvent::Kind::kLastFrame);
      return;
  }
}

/// The phrase of an utterance that is to stop is over.
void Playout::cut() {
  stopping_ = false;
  const Cue* next = cues_.front();
  if (next != nullptr && next->kind == Cue::Kind::kEnd && next->position == read_) return;  // All of it was heard.
  report(PlayoutEvent::Kind::kCut);
  cut_ = true;
  begun_ = speaking_ = false;
}

void Playout::discard_what_was_cut() {
  if (stopping_ && !in_phrase_) cut();
  std::array<std::int16_t, audio::kFrameSamples> dropped;
  if (cut_) read_ += voice_.clear();
  while (cut_) {
    const std::size_t available = samples_.size();
    const Cue* cue = cues_.front();
    const bool reached = cue != nullptr && cue->position <= read_ + available;
    std::size_t left = reached ? static_cast<std::size_t>(cue->position - read_) : available;
    read_ += left;
    while (left > 0) left -= samples_.read(std::span(dropped).first(std::min(left, dropped.size())));
    if (!reached) return;
    Cue passed;
    cues_.pop(passed);
    cut_ = passed.kind != Cue::Kind::kEnd;
  }
}

void Playout::report(PlayoutEvent::Kind kind) {
  events_.push({.kind = kind,
                .utterance = utterance_,
                .tick = heard_at_,
                .spoken = duration_of(spoken_),
                .saved = duration_saved(spoken_, played_),
                .starved = duration_of(starved_)});
}

}  // namespace parley::call
