// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/utterance_stream.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "audio/frame.h"
#include "recognition/levels.h"
#include "recognition/speech_cutter.h"
#include "recognition/speech_gate.h"
#include "recognition/utf8.h"
#include "recognition/word_times.h"

namespace parley::recognition {
namespace {

constexpr std::size_t kSecond = audio::kSampleRate;
constexpr std::size_t kFrame = audio::kFrameSamples;

// What is cut off has at least this much, and so has what stays: with less context a model hears worse.
constexpr std::size_t kLeastHead = 2 * kSecond;
constexpr std::size_t kLeastTail = 3 * kSecond / 2;

// When a cut did not prove right, the next is tried when this much more was said, at a pause so far behind.
constexpr std::size_t kCutPatience = kSecond / 2;
constexpr std::size_t kNextPause = kSecond / 5;

// A model sometimes takes the end of a sentence for the end of all. When it hears nothing new in so much that sounds
// like speech, what follows the last pause is heard alone.
constexpr std::size_t kDeafFrames = 50;  // 1 s
constexpr std::size_t kDeafTail = kSecond;

// Silence in which nobody said anything yet is let go but for this, the beginning of a word perhaps.
constexpr std::size_t kKeptSilence = kSecond / 2;
constexpr std::size_t kLongSilence = 2 * kSecond;

std::size_t samples_of(std::chrono::milliseconds time) {
  return static_cast<std::size_t>(time.count()) * (kSecond / 1000);
}

std::chrono::milliseconds time_of(std::size_t samples) { return std::chrono::milliseconds(samples / (kSecond / 1000)); }

void to_float_without_offset(std::span<const std::int16_t> samples, std::vector<float>& out) {
  const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
  out.clear();
  out.reserve(samples.size());
  for (std::int16_t sample : samples) out.push_back(static_cast<float>((sample - mean) / 32768.0));
}

/// `word` with its first letter as in `other`, which is the same but for case and marks.
std::string with_case_of(const std::string& word, const std::string& other) {
  const auto first = characters_of(word).front();
  const auto others = characters_of(other).front();
  return word_key(first) == word_key(others) ? std::string(others) + word.substr(first.size()) : word;
}

}  // namespace

UtteranceStream::UtteranceStream(RecognizePiece recognize, std::chrono::milliseconds longest_piece,
                                 const StreamOptions& options)
    : recognize_(std::move(recognize)),
      longest_piece_(samples_of(longest_piece)),
      cut_after_(options.cut_after.count() > 0 ? samples_of(options.cut_after) : longest_piece_ + 1),
      use_draft_(options.draft) {
  start_over();
}

void UtteranceStream::feed(std::span<const std::int16_t> samples) {
  samples_.insert(samples_.end(), samples.begin(), samples.end());
}

Result<Transcript> UtteranceStream::hypothesis(Speech speech) {
  if (nothing_new()) return transcript();
  while (samples_.size() > longest_piece_) {
    if (auto ok = cut_head(); !ok) return std::unexpected(std::move(ok.error()));
  }
  auto cut = cut_at_pause(speech);
  if (cut && !*cut) cut = cut_where_deaf(speech);
  if (!cut) return std::unexpected(std::move(cut.error()));
  if (!*cut) {
    if (auto ok = hear_piece(speech); !ok) return std::unexpected(std::move(ok.error()));
  }
  heard_to_ = samples_.size();
  paused_at_ = speech == Speech::kPaused ? heard_to_ : 0;
  return transcript();
}

Result<Transcript> UtteranceStream::finish() {
  auto result = hypothesis(Speech::kPaused);
  if (result) result->agreed = result->words.size();
  start_over();
  return result;
}

void UtteranceStream::start_over() {
  samples_.clear();
  agreement_.clear();
  end_log_probability_ = 0.0;
  draft_.clear();
  first_word_.clear();
  past_ = {};
  heard_to_ = 0;
  paused_at_ = 0;
  next_cut_ = cut_after_;
  changed_at_ = 0;
  next_deaf_ = 0;
  no_cut_before_ = 0;
}

void UtteranceStream::add_word(const PieceWord& word, Past& past) const {
  past.words.push_back(
      {.text = word.text, .begin = time_of(past_.samples + word.begin), .end = time_of(past_.samples + word.end)});
  for (const auto& token : word.tokens) past.log_probability += token.log_probability;
  past.tokens += word.tokens.size();
}

/// Whether all that came since the last hypothesis of a pause is silence.
bool UtteranceStream::nothing_new() const {
  return paused_at_ > 0 && !may_hold_words(std::span(samples_).subspan(paused_at_));
}

Result<std::vector<PieceWord>> UtteranceStream::hear(std::span<const std::int16_t> samples, Speech end) {
  const auto draft = std::exchange(draft_, {});
  if (!may_hold_words(samples)) return {};
  to_float_without_offset(samples, speech_);
  auto heard = recognize_({.speech = speech_, .draft = draft, .end = end});
  if (!heard) return std::unexpected(std::move(heard.error()));
  end_log_probability_ = heard->end_log_probability;
  if (use_draft_ && heard->complete) {
    for (const auto& token : heard->tokens) draft_.push_back(token.id);
  }
  return words_of(heard->tokens, heard->complete);
}

/// A hypothesis of the whole piece.
Result<void> UtteranceStream::hear_piece(Speech end) {
  auto words = hear(samples_, end);
  if (!words) return std::unexpected(std::move(words.error()));
  agree(std::move(*words), end);
  if (agreement_.words().empty() && samples_.size() > kLongSilence && !may_hold_words(samples_)) {
    move_to_past({}, samples_.size() - kKeptSilence);
  }
  return {};
}

/// Cuts a piece that is too long for the model where its second half is quietest, and hears the part before to its end.
Result<void> UtteranceStream::cut_head() {
  const std::size_t cut = cut_speech(samples_, longest_piece_).front().size();
  auto words = hear(std::span(samples_).first(cut), Speech::kPaused);
  if (!words) return std::unexpected(std::move(words.error()));
  draft_.clear();
  set_times(*words, cut);
  move_to_past(agreement_.take_head(std::move(*words)), cut);
  return {};
}

/// Tries to cut a piece that grows long at a pause. The part behind it is then heard alone: if it says what was heard
/// there before, the words before it are certain, and the hypothesis has cost less than one of the whole. If not, the
/// pause was none. Where only silence follows, everything before is certain.
Result<bool> UtteranceStream::cut_at_pause(Speech end) {
  if (samples_.size() < std::max(next_cut_, kLeastHead + kLeastTail) || agreement_.settled() == 0) return false;
  const std::size_t from = std::max(kLeastHead, no_cut_before_) / kFrame;
  const auto pause = quietest_pause(frame_levels(samples_), from, (samples_.size() - kLeastTail) / kFrame);
  next_cut_ = samples_.size() + kCutPatience;
  no_cut_before_ = pause ? *pause * kFrame + kNextPause : 0;  // Where it fails, the next trial is another pause.
  if (!pause) return false;

  const std::size_t cut = *pause * kFrame;
  const auto tail = std::span(samples_).subspan(cut);
  if (heard_to_ >= cut && !may_hold_words(tail)) {
    move_to_past(agreement_.take(agreement_.words().size()), cut);
    return true;
  }
  const auto draft = std::exchange(draft_, {});
  auto words = hear(tail, end);
  if (!words) return std::unexpected(std::move(words.error()));
  const auto place = place_of_tail(agreement_.words(), *words, agreement_.settled(), cut);
  if (!place) {
    draft_ = draft;
    return false;
  }
  move_to_past(agreement_.take(*place), cut);
  first_word_ = agreement_.words().front().text;
  agree(std::move(*words), end);
  return true;
}

/// Cuts at a pause since which the model has heard nothing although there is speech, if it does hear something in what
/// follows alone.
Result<bool> UtteranceStream::cut_where_deaf(Speech end) {
  if (agreement_.words().empty() || samples_.size() < std::max(changed_at_ + kDeafTail, next_deaf_)) return false;
  const auto levels = frame_levels(samples_);
  const double needed = least_speech_level(levels);
  const auto since = std::span(levels).subspan(std::min(changed_at_ / kFrame, levels.size()));
  if (std::ranges::count_if(since, [&](double level) { return level >= needed; }) <
      static_cast<std::ptrdiff_t>(kDeafFrames))
    return false;
  const auto pause = quietest_pause(levels, changed_at_ / kFrame, (samples_.size() - kDeafTail) / kFrame);
  next_deaf_ = samples_.size() + kCutPatience;
  if (!pause) return false;

  const std::size_t cut = *pause * kFrame;
  auto draft = std::exchange(draft_, {});
  auto words = hear(std::span(samples_).subspan(cut), end);
  if (!words) return std::unexpected(std::move(words.error()));
  if (words->empty()) {
    draft_ = std::move(draft);
    return false;
  }
  move_to_past(agreement_.take(agreement_.words().size()), cut);
  agree(std::move(*words), end);
  return true;
}

void UtteranceStream::agree(std::vector<PieceWord> words, Speech end) {
  // The model takes the beginning of a piece for that of a sentence.
  if (!words.empty() && word_key(words.front().text) == word_key(first_word_))
    words.front().text = with_case_of(words.front().text, first_word_);
  set_times(words, samples_.size());
  const auto before = agreement_.words();
  agreement_.hear(std::move(words), end, samples_.size());
  const auto key = [](const PieceWord& word) { return word_key(word.text); };
  if (!std::ranges::equal(before, agreement_.words(), {}, key, key)) changed_at_ = samples_.size();
}

/// Gives the words of samples [0, end) their times. Settled ones keep theirs, which were found while they were among
/// the last words; the others share the speech since then.
void UtteranceStream::set_times(std::vector<PieceWord>& words, std::size_t end) const {
  const auto& before = agreement_.words();
  std::size_t known = 0;
  while (known < std::min(agreement_.settled(), words.size()) &&
         word_key(before[known].text) == word_key(words[known].text)) {
    words[known].begin = before[known].begin;
    words[known].end = before[known].end;
    ++known;
  }
  const std::size_t from = known == 0 ? 0 : std::min(words[known - 1].end, end);
  spread_words(std::span(words).subspan(known), frame_levels(samples_), from, end);
}

/// The first `samples` are done with, and said these words.
void UtteranceStream::move_to_past(const std::vector<PieceWord>& words, std::size_t samples) {
  for (const auto& word : words) add_word(word, past_);
  past_.samples += samples;
  first_word_.clear();
  samples_.erase(samples_.begin(), samples_.begin() + static_cast<std::ptrdiff_t>(samples));
  agreement_.move_begin(samples);
  heard_to_ -= std::min(heard_to_, samples);
  paused_at_ = 0;
  next_cut_ = cut_after_;
  no_cut_before_ = 0;
  changed_at_ -= std::min(changed_at_, samples);
  next_deaf_ = 0;
}

Transcript UtteranceStream::transcript() const {
  Past all = past_;
  for (const auto& word : agreement_.words()) add_word(word, all);
  Transcript transcript{.words = std::move(all.words), .agreed = past_.words.size() + agreement_.agreed()};
  for (const auto& word : transcript.words) transcript.text += (transcript.text.empty() ? "" : " ") + word.text;
  if (all.tokens > 0)
    transcript.confidence =
        std::exp((all.log_probability + end_log_probability_) / static_cast<double>(all.tokens + 1));
  return transcript;
}

}  // namespace parley::recognition
