// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/playout.h"

#include <algorithm>

namespace parley::call {
namespace {

/// Utterances and phrases that can wait to be played at once; synthesis is held long before.
constexpr std::size_t kCues = 1024;

}  // namespace

Playout::Playout() : samples_(kCapacitySamples), cues_(kCues), events_(kCues) {}

void Playout::begin(std::uint64_t utterance) { cues_.push({Cue::Kind::kBegin, written_, utterance}); }

std::size_t Playout::write(std::span<const std::int16_t> samples) {
  const std::size_t count = samples_.write(samples);
  written_ += count;
  return count;
}

void Playout::end(std::uint64_t utterance) { cues_.push({Cue::Kind::kEnd, written_, utterance}); }

void Playout::end_phrase() { cues_.push({Cue::Kind::kPhraseEnd, written_, 0}); }

milliseconds Playout::backlog() const { return milliseconds(samples_.size() * 1000 / audio::kSampleRate); }

bool Playout::read(audio::Frame& frame, std::uint64_t tick) {
  const std::size_t available = samples_.size();
  pass_cues(available > 0 ? Passing::kIncludingBeginnings : Passing::kEndsOnly, tick);
  if (available == 0 || (available < frame.size() && !phrase_ends_within(available))) return false;
  const std::size_t count = samples_.read(frame);
  std::fill(frame.begin() + static_cast<std::ptrdiff_t>(count), frame.end(), std::int16_t{0});
  read_ += count;
  pass_cues(Passing::kEndsOnly, tick);
  return true;
}

bool Playout::phrase_ends_within(std::size_t samples) const {
  const Cue* cue = cues_.front();
  return cue != nullptr && cue->kind != Cue::Kind::kBegin && cue->position <= read_ + samples;
}

void Playout::pass_cues(Passing passing, std::uint64_t tick) {
  for (const Cue* cue = cues_.front(); cue != nullptr && cue->position <= read_; cue = cues_.front()) {
    const bool begins = cue->kind == Cue::Kind::kBegin;
    // A beginning belongs to the frame that holds its first sample.
    if (begins && passing == Passing::kEndsOnly && cue->position == read_) return;
    if (begins) events_.push({PlayoutEvent::Kind::kFirstFrame, cue->utterance, tick});
    if (cue->kind == Cue::Kind::kEnd) events_.push({PlayoutEvent::Kind::kLastFrame, cue->utterance, tick});
    if (cue->kind != Cue::Kind::kPhraseEnd) speaking_ = begins;
    Cue passed;
    cues_.pop(passed);
  }
}

}  // namespace parley::call
