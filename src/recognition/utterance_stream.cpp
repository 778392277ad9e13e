// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/utterance_stream.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <sstream>

#include "recognition/repetition.h"
#include "recognition/speech_cutter.h"
#include "recognition/speech_gate.h"
#include "recognition/utf8.h"

namespace parley::recognition {
namespace {

void to_float_without_offset(std::span<const std::int16_t> samples, std::vector<float>& out) {
  const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
  out.clear();
  out.reserve(samples.size());
  for (std::int16_t sample : samples) out.push_back(static_cast<float>((sample - mean) / 32768.0));
}

void append_words(std::string& text, const std::string& words) {
  if (words.empty()) return;
  if (!text.empty()) text.push_back(' ');
  text += words;
}

}  // namespace

UtteranceStream::UtteranceStream(RecognizePiece recognize, std::size_t longest_piece)
    : recognize_(std::move(recognize)), longest_piece_(longest_piece) {}

void UtteranceStream::feed(std::span<const std::int16_t> samples) {
  samples_.insert(samples_.end(), samples.begin(), samples.end());
  if (!samples.empty()) last_holds_ = false;
}

Result<Transcript> UtteranceStream::hypothesis(Speech speech) {
  if (last_holds_) return *last_;
  auto transcript = recognize_all(samples_);
  if (!transcript) return transcript;
  const std::size_t certain = transcript->words.size() - (speech == Speech::kGoesOn && !transcript->words.empty() ? 1 : 0);
  const std::size_t both = last_ ? std::min(certain, last_->words.size()) : 0;
  while (transcript->agreed < both &&
         transcript->words[transcript->agreed].text == last_->words[transcript->agreed].text)
    ++transcript->agreed;
  last_ = *transcript;
  last_holds_ = speech == Speech::kPaused;
  return transcript;
}

Result<Transcript> UtteranceStream::finish() {
  auto transcript = hypothesis(Speech::kPaused);
  start_over();
  return transcript;
}

void UtteranceStream::start_over() {
  samples_.clear();
  last_.reset();
  last_holds_ = false;
}

Result<Transcript> UtteranceStream::recognize_all(std::span<const std::int16_t> samples) {
  Transcript transcript;
  double log_probability = 0.0;
  std::size_t tokens = 0;
  for (const auto piece : cut_speech(samples, longest_piece_)) {
    if (!may_hold_words(piece)) continue;
    to_float_without_offset(piece, speech_);
    auto heard = recognize_(speech_);
    if (!heard) return std::unexpected(std::move(heard.error()));
    std::string words = clean_text(heard->text);
    if (!heard->complete) words = without_repeated_tail(words);
    if (!has_words(words)) continue;
    append_words(transcript.text, words);
    log_probability += heard->log_probability;
    tokens += heard->tokens;
  }
  std::istringstream text(transcript.text);
  for (std::string word; text >> word;) transcript.words.push_back({.text = word});
  const auto length = std::chrono::milliseconds(samples.size() / 16);
  for (std::size_t i = 0; i < transcript.words.size(); ++i) {
    transcript.words[i].begin = length * i / transcript.words.size();
    transcript.words[i].end = length * (i + 1) / transcript.words.size();
  }
  if (tokens > 0) transcript.confidence = std::exp(log_probability / static_cast<double>(tokens));
  return transcript;
}

}  // namespace parley::recognition
