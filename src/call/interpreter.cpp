// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/interpreter.h"

#include <thread>

#include <spdlog/spdlog.h>

#include "synthesis/phrases.h"

namespace parley::call {
namespace {

using telemetry::Outcome;

/// Engines return errors as values; what the standard library throws through them (no memory) becomes one here.
auto guarded(auto&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& error) {
    return fail(ErrorCode::kInternal, "engine threw: {}", error.what());
  }
}

}  // namespace

Interpreter::Interpreter(std::shared_ptr<Link> link, std::shared_ptr<const Engines> engines, Executor& executor,
                         telemetry::Ledger& ledger, const CallConfig& config)
    : link_(std::move(link)), engines_(std::move(engines)), executor_(executor), ledger_(ledger), config_(config) {}

void Interpreter::add(Utterance utterance) {
  const std::lock_guard lock(mutex_);
  const Id id = next_id_++;
  Open& open = open_[id];
  open.record.session = link_->session;
  open.record.id = id;
  open.record.speaker = link_->speaker;
  open.record.listener = link_->listener;
  open.record.pair = link_->pair;
  open.record.speech_start = utterance.speech_start;
  open.record.speech_end = utterance.speech_end;
  open.record.stages.endpoint = static_cast<double>((utterance.endpoint - utterance.speech_end).count());
  // While the original passes at full level, the listener has heard it already.
  if (link_->mode == Mode::kTranslated) open.original = utterance.samples;
  utterances_.emplace_back(id, std::move(utterance));
  start_jobs();
}

void Interpreter::pump() {
  {
    const std::lock_guard lock(mutex_);
    note_playout();
    start_jobs();
  }
  report_closed();
}

bool Interpreter::idle() const {
  const std::lock_guard lock(mutex_);
  return utterances_.empty() && phrases_.empty() && !interpreting_ && !speaking_;
}

void Interpreter::announce_untranslated() {
  const std::lock_guard lock(mutex_);
  queue_notice();
  start_jobs();
}

void Interpreter::cancel() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    utterances_.clear();
    phrases_.clear();
    if (speech_) speech_->cancel();
    note_playout();
    while (!open_.empty()) close(open_.begin()->first, Outcome::kUndelivered);
  }
  report_closed();
}

void Interpreter::start_jobs() {
  if (cancelled_) return;
  if (!interpreting_ && !utterances_.empty()) {
    interpreting_ = true;
    auto [id, utterance] = std::move(utterances_.front());
    utterances_.pop_front();
    executor_.submit(Priority::kRecognition, [self = shared_from_this(), id, utterance = std::move(utterance)] {
      self->interpret(id, utterance);
    });
  }
  const milliseconds backlog = link_->playout.backlog();
  if (!speaking_ && !phrases_.empty() && backlog < config_.playout_high_water) {
    speaking_ = true;
    submit(std::make_shared<Speaking>(Speaking{.phrase = std::move(phrases_.front())}));
    phrases_.pop_front();
  }
}

void Interpreter::submit(std::shared_ptr<Speaking> speaking) {
  const auto priority = speech_priority(link_->playout.backlog(), speaking->heard);
  executor_.submit(priority, [self = shared_from_this(), speaking = std::move(speaking)] { self->speak(speaking); });
}

void Interpreter::interpret(Id id, const Utterance& utterance) {
  auto phrases = guarded([&] { return recognise_and_translate(id, utterance); });
  {
    const std::lock_guard lock(mutex_);
    interpreting_ = false;
    if (!phrases) {
      recognition_.reset();
      fall_back_to_original(id, phrases.error());
    } else if (phrases->empty()) {
      close(id, Outcome::kNoWords);
    } else {
      link_->mode = Mode::kTranslated;
      for (std::size_t i = 0; i < phrases->size(); ++i) {
        phrases_.push_back(
            {.utterance = id, .text = std::move((*phrases)[i]), .first = i == 0, .last = i + 1 == phrases->size()});
      }
    }
    start_jobs();
  }
  report_closed();
}

Result<std::vector<std::string>> Interpreter::recognise_and_translate(Id id, const Utterance& utterance) {
  const auto began = SteadyClock::now();
  auto transcript = recognise(utterance);
  if (!transcript) return std::unexpected(transcript.error());
  const auto recognised = SteadyClock::now();

  Result<translation::Translation> translation;
  if (!transcript->text.empty()) {
    translation = engines_->translator->translate({.source = transcript->text, .pair = link_->pair});
    if (!translation) return std::unexpected(translation.error());
  }

  telemetry::UtteranceRecord caption;
  {
    const std::lock_guard lock(mutex_);
    telemetry::UtteranceRecord* record = record_of(id);
    if (record == nullptr) return fail(ErrorCode::kCancelled, "the listener left");
    record->stages.queue = MillisF(began - utterance.declared_at).count();
    record->stages.recognition = MillisF(recognised - began).count();
    record->stages.translation = elapsed_ms(recognised);
    record->confidence = transcript->confidence;
    record->source = transcript->text;
    record->translation = translation->text;
    caption = *record;
  }
  if (caption.translation.empty()) return {};
  ledger_.caption(caption);
  return synthesis::split_phrases(caption.translation);
}

Result<recognition::Transcript> Interpreter::recognise(const Utterance& utterance) {
  if (!recognition_) {
    const auto* recognizer = engines_->recognizer_for(link_->pair.from);
    if (recognizer == nullptr) return fail(ErrorCode::kUnsupported, "no recogniser for {}", link_->pair.from.code());
    auto stream =
        recognizer->open({.session_id = link_->session, .speaker_id = link_->speaker, .language = link_->pair.from});
    if (!stream) return std::unexpected(stream.error());
    recognition_ = std::move(*stream);
  }
  recognition_->feed(utterance.samples);
  return recognition_->finish();
}

void Interpreter::speak(const std::shared_ptr<Speaking>& speaking) {
  const Result<bool> more = guarded([&] { return say_next(*speaking); });
  if (more && *more) return submit(speaking);

  const Phrase& phrase = speaking->phrase;
  Playout& playout = link_->playout;
  playout.end_phrase();
  if (more && phrase.last) playout.end(phrase.utterance);
  {
    const std::lock_guard lock(mutex_);
    speech_.reset();
    speaking_ = false;
    if (!more) {
      std::erase_if(phrases_, [&](const Phrase& waiting) { return waiting.utterance == phrase.utterance; });
      const bool original_follows = fall_back_to_original(phrase.utterance, more.error());
      if (!original_follows) playout.end(phrase.utterance);
    }
    start_jobs();
  }
  report_closed();
}

/// The next piece of a phrase. True when there is more of it to come.
Result<bool> Interpreter::say_next(Speaking& speaking) {
  const Phrase& phrase = speaking.phrase;
  if (!speaking.stream) {
    if (phrase.first) link_->playout.begin(phrase.utterance);
    if (!phrase.sound.empty()) {
      play(phrase.sound);
      return false;
    }
    if (auto opened = open_stream(speaking); !opened) return std::unexpected(opened.error());
  }
  const auto samples = speaking.stream->next();
  if (!samples) return std::unexpected(samples.error());
  if (samples->empty()) return false;
  if (phrase.first && !speaking.heard) {
    const std::lock_guard lock(mutex_);
    if (const auto open = open_.find(phrase.utterance); open != open_.end()) {
      open->second.first_pcm_at = SteadyClock::now();
      open->second.record.stages.synthesis = elapsed_ms(speaking.began);
    }
  }
  speaking.heard = true;
  play(*samples);
  return true;
}

Result<void> Interpreter::open_stream(Speaking& speaking) {
  speaking.began = SteadyClock::now();
  auto stream = engines_->synthesizer->synthesize({.phrase = speaking.phrase.text,
                                                   .language = link_->pair.to,
                                                   .voice = engines_->synthesizer->default_voice(link_->pair.to)});
  if (!stream) return std::unexpected(stream.error());
  speaking.stream = std::move(*stream);
  const std::lock_guard lock(mutex_);
  speech_ = speaking.stream;
  if (cancelled_) speech_->cancel();
  return {};
}

void Interpreter::play(std::span<const std::int16_t> samples) {
  // The playout holds far more than the high water mark at which synthesis waits, so that a full one is rare: a very
  // long phrase.
  while (!samples.empty() && !cancelled_) {
    samples = samples.subspan(link_->playout.write(samples));
    if (!samples.empty()) std::this_thread::sleep_for(kFrameTime);
  }
}

void Interpreter::note_playout() {
  PlayoutEvent event;
  while (link_->playout.pop_event(event)) {
    const auto open = open_.find(event.utterance);
    if (open == open_.end()) continue;
    auto& record = open->second.record;
    const auto time = milliseconds((event.tick - link_->first_tick) * kFrameTime.count());
    if (event.kind == PlayoutEvent::Kind::kFirstFrame) {
      record.audio_start = record.audio_start.value_or(time);
      if (record.error.empty()) record.stages.playout = elapsed_ms(open->second.first_pcm_at);
    } else {
      record.audio_end = time;
      close(event.utterance, record.error.empty() ? Outcome::kAnswered : Outcome::kUntranslated);
    }
  }
}

bool Interpreter::fall_back_to_original(Id id, const Error& error) {
  if (cancelled_) return false;
  spdlog::error("[{}] {} {}: utterance {} stays untranslated: {}", link_->session, link_->speaker,
                to_string(link_->pair), id, error.message);
  link_->mode = Mode::kPassThrough;
  queue_notice();
  const auto open = open_.find(id);
  if (open == open_.end()) return false;
  open->second.record.error = error.message;
  if (open->second.original.empty()) {
    close(id, Outcome::kUntranslated);
    return false;
  }
  phrases_.push_back({.utterance = id, .sound = std::exchange(open->second.original, {}), .first = true, .last = true});
  return true;
}

void Interpreter::queue_notice() {
  if (std::exchange(announced_, true)) return;
  spdlog::warn("[{}] {} hears {} in the original voice", link_->session, link_->listener, link_->speaker);
  const auto notice = engines_->untranslated_notice.find(link_->pair.to);
  if (notice != engines_->untranslated_notice.end())
    phrases_.push_back({.sound = notice->second, .first = true, .last = true});
}

void Interpreter::close(Id id, Outcome outcome) {
  const auto open = open_.find(id);
  if (open == open_.end()) return;
  open->second.record.outcome = outcome;
  closed_.push_back(std::move(open->second.record));
  open_.erase(open);
}

telemetry::UtteranceRecord* Interpreter::record_of(Id id) {
  const auto open = open_.find(id);
  return open == open_.end() ? nullptr : &open->second.record;
}

void Interpreter::report_closed() {
  std::vector<telemetry::UtteranceRecord> closed;
  {
    const std::lock_guard lock(mutex_);
    closed.swap(closed_);
  }
  for (const auto& record : closed) ledger_.utterance(record);
}

}  // namespace parley::call
