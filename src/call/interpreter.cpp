// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/interpreter.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "synthesis/phrases.h"

namespace parley::call {
namespace {

using audio::kSampleRate;
using synthesis::Notice;
using telemetry::Stage;
using telemetry::Status;
using telemetry::UtteranceRecord;
using translation::Ending;

/// Before so much was heard there is no word to be found.
constexpr std::size_t kFirstPartial = kSampleRate * 6 / 10;

std::size_t samples(milliseconds time) { return static_cast<std::size_t>(time.count()) * kSampleRate / 1000; }

}  // namespace

std::shared_ptr<Interpreter> Interpreter::make(std::shared_ptr<Link> link, const Services& services) {
  std::shared_ptr<Interpreter> interpreter(new Interpreter(std::move(link), services));
  interpreter->mouth_ =
      std::make_shared<Mouth>(interpreter->link_, services, interpreter->books_,
                              [weak = std::weak_ptr(interpreter)](UtteranceId id, const Error& error) {
                                if (const auto self = weak.lock()) self->on_speech_failure(id, error);
                              });
  return interpreter;
}

Interpreter::Interpreter(std::shared_ptr<Link> link, const Services& services)
    : link_(std::move(link)),
      services_(services),
      conversation_(services_.config.conversation),
      books_(std::make_shared<Books>(link_, services_.ledger)),
      understanding_(link_, services_.engines),
      lifeline_(link_, services_, [this](Notice notice) { play_notice(notice); }),
      pace_(link_, services_) {}

void Interpreter::begin(milliseconds speech_start) {
  {
    const std::lock_guard lock(mutex_);
    auto utterance = std::make_shared<Utterance>(
        Utterance{.id = books_->open(speech_start),
                  .translation = {*services_.engines->translators.front(), link_->pair, conversation_.commit}});
    utterance->heard_by_listener = link_->mode == Mode::kPassThrough;
    utterances_.push_back(std::move(utterance));
    patience_ = 0;
  }
  books_->report();
}

void Interpreter::hear(std::span<const std::int16_t> samples, bool voiced) {
  const std::lock_guard lock(mutex_);
  Utterance& utterance = *utterances_.back();
  utterance.sound.insert(utterance.sound.end(), samples.begin(), samples.end());
  utterance.voiced = voiced;
  if (!utterance.due && wants_partial(utterance)) utterance.due = SteadyClock::now();
}

void Interpreter::pause() {
  const std::lock_guard lock(mutex_);
  Utterance& utterance = *utterances_.back();
  utterance.paused = true;
  ++utterance.pauses;
  if (conversation_.speculate) utterance.due = SteadyClock::now();
  start_job();
}

void Interpreter::resume() {
  const std::lock_guard lock(mutex_);
  Utterance& utterance = *utterances_.back();
  utterance.paused = false;
  utterance.due.reset();
  patience_ = 0;
  const auto answer = std::exchange(utterance.answer, std::nullopt);
  if (!answer) return;
  if (conversation_.commit.clauses && answer->step.ending == Ending::kComplete)
    return commit_answer(utterance, *answer);
  mouth_->discard();
  books_->edit(utterance.id, [](UtteranceRecord& record) { ++record.speculations_wasted; });
  books_->settle(utterance.id, true);
}

void Interpreter::end(const EndOfSpeech& end) {
  {
    const std::lock_guard lock(mutex_);
    Utterance& utterance = *utterances_.back();
    if (!std::exchange(utterance.paused, true)) ++utterance.pauses;
    utterance.over = end;
    utterance.over_at = SteadyClock::now();
    if (!utterance.due) utterance.due = utterance.over_at;
    // What failed on a part may do on the whole.
    if (std::exchange(utterance.has_failed, false)) utterance.attempts = {};
    books_->edit(utterance.id, [&](UtteranceRecord& record) {
      record.speech_end = end.speech_end;
      record.stages.endpoint = static_cast<double>((end.endpoint - end.speech_end).count());
      record.note({.stage = Stage::kSpeech, .begin = record.speech_start, .end = end.speech_end});
      record.note({.stage = Stage::kEndpoint, .begin = end.speech_end, .end = end.endpoint});
    });
    if (utterance.given_up) {
      mouth_->end(utterance.id);
      utterances_.pop_back();
    } else if (utterance.answer) {
      conclude(utterance, *std::exchange(utterance.answer, std::nullopt), true);
    }
    drop_what_waits_too_long();
    start_job();
  }
  books_->report();
}

std::optional<milliseconds> Interpreter::patience() const {
  const milliseconds patience(patience_);
  return patience.count() > 0 ? std::optional(patience) : std::nullopt;
}

void Interpreter::pump() {
  for (PlayoutEvent event; link_->playout.pop_event(event);) {
    books_->take(event);
    if (event.kind != PlayoutEvent::Kind::kLastFrame && event.kind != PlayoutEvent::Kind::kCut) continue;
    const std::lock_guard lock(mutex_);
    const auto running = std::ranges::find(utterances_, event.utterance, &Utterance::id);
    if (running != utterances_.end()) (*running)->heard_to_its_end = true;
    answered_.erase(event.utterance);
  }
  {
    const std::lock_guard lock(mutex_);
    lifeline_.look(SteadyClock::now());
    start_job();
    keep_pace();
  }
  mouth_->pump();
  books_->report();
}

bool Interpreter::idle() const {
  const std::lock_guard lock(mutex_);
  return utterances_.empty() && !interpreting_ && !queued_ && mouth_->idle();
}

Interpreter::Load Interpreter::load() const {
  const std::lock_guard lock(mutex_);
  return {.utterances = utterances_.size(), .phrases = mouth_->waiting()};
}

void Interpreter::announce(Notice notice) {
  const std::lock_guard lock(mutex_);
  play_notice(notice);
}

void Interpreter::deafen(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  lifeline_.hold("hearing", reason);
}

void Interpreter::hear_again() {
  const std::lock_guard lock(mutex_);
  lifeline_.release();
}

void Interpreter::cancel() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
    utterances_.clear();
    answered_.clear();
    mouth_->cancel();
  }
  for (PlayoutEvent event; link_->playout.pop_event(event);) books_->take(event);
  books_->close_all(telemetry::Outcome::kUndelivered);
  books_->report();
}

void Interpreter::start_job() {
  if (cancelled_ || interpreting_ || utterances_.empty()) return;
  const auto priority = next_run(*utterances_.front());
  if (!priority || (queued_ && *queued_ <= *priority)) return;
  queued_ = priority;
  services_.executor.submit(*priority, [self = shared_from_this(), ticket = ++ticket_] { self->begin_run(ticket); });
}

/// What is to be done is decided when a core is free for it: much may have been said since it was asked for.
void Interpreter::begin_run(std::uint64_t ticket) {
  Run run;
  {
    const std::lock_guard lock(mutex_);
    if (ticket != ticket_ || interpreting_) return;  // A more urgent job came after this one, and does it all.
    queued_.reset();
    if (cancelled_ || utterances_.empty() || !next_run(*utterances_.front())) return;
    interpreting_ = true;
    run = run_for(utterances_.front());
  }
  interpret(std::move(run));
}

Interpreter::Run Interpreter::run_for(const std::shared_ptr<Utterance>& utterance) {
  if (const auto due = std::exchange(utterance->due, std::nullopt))
    pace_.note_recognition_lag(SteadyClock::now() - *due);
  const auto& engines = *services_.engines;
  const auto& recognizer = utterance->attempts.recognition.engine(engines.recognizers_for(link_->pair.from));
  const std::size_t known = understanding_.known(utterance->id, recognizer);
  const auto& sound = utterance->sound;
  return {.utterance = utterance,
          .complete = utterance->paused,
          .speculative = utterance->paused && !utterance->over,
          .pause = utterance->pauses,
          .until = sound.size(),
          .task = {.utterance = utterance->id,
                   .sound = {sound.begin() + static_cast<std::ptrdiff_t>(known), sound.end()},
                   .complete = utterance->paused,
                   .recognizer = &recognizer,
                   .translator = &utterance->attempts.translation.engine(engines.translators),
                   .translation = &utterance->translation}};
}

/// How urgent the next run for the utterance is; nothing when there is none to be made now.
std::optional<Priority> Interpreter::next_run(const Utterance& utterance) const {
  if (SteadyClock::now() < utterance.not_before) return std::nullopt;
  if (utterance.over) return Priority::kRecognition;
  if (utterance.has_failed) return std::nullopt;
  if (utterance.paused) {
    if (!conversation_.speculate || utterance.answer) return std::nullopt;
    return Priority::kRecognition;
  }
  if (!wants_partial(utterance) || mouth_->waiting() >= services_.config.backpressure.most_phrases) return std::nullopt;
  return Priority::kPartial;
}

bool Interpreter::wants_partial(const Utterance& utterance) const {
  const bool news = utterance.sound.size() >= utterance.understood + samples(pace_.partial_interval());
  // A speaker who has just fallen silent may have finished: nothing shall be in the way of the answer then.
  return conversation_.partials && utterance.voiced && news && utterance.sound.size() >= kFirstPartial;
}

void Interpreter::interpret(Run run) {
  auto outcome = understanding_.run(std::move(run.task));
  {
    const std::lock_guard lock(mutex_);
    interpreting_ = false;
    if (is_next(*run.utterance)) {
      run.utterance->understood = run.until;
      if (outcome) {
        take(run, std::move(*outcome));
      } else {
        take_failure(run, outcome.error());
      }
    }
    start_job();
  }
  books_->report();
}

void Interpreter::take(const Run& run, Understood understood) {
  Utterance& utterance = *run.utterance;
  note(run, understood);
  // Considered before something else was said: the next run knows of it.
  if (understood.step.said_before != utterance.translation.said().size()) return;
  const bool in_time = run.complete && utterance.paused && utterance.pauses == run.pause;
  if (!run.complete) {
    take_partial(utterance, understood);
  } else if (in_time && utterance.over) {
    conclude(utterance, understood, false);
  } else if (in_time) {
    take_answer(utterance, std::move(understood));
  } else {
    books_->edit(utterance.id, [](UtteranceRecord& record) { ++record.speculations_wasted; });
    books_->settle(utterance.id, true);
  }
}

void Interpreter::note(const Run& run, const Understood& understood) {
  const UtteranceId id = run.utterance->id;
  books_->note(id, {.stage = Stage::kRecognition, .speculative = run.speculative, .text = understood.transcript.text},
               understood.recognition);
  books_->note(id, {.stage = Stage::kTranslation, .speculative = run.speculative, .text = understood.step.caption},
               understood.translation);
  books_->edit(id, [&](UtteranceRecord& record) {
    if (!run.complete) ++record.partials;
    if (run.speculative) ++record.speculations;
  });
}

void Interpreter::take_partial(Utterance& utterance, const Understood& understood) {
  books_->partial(utterance.id, understood.transcript.text, understood.step.caption);
  if (understood.step.say.empty()) return;
  commit(utterance, understood);
  say(utterance, understood.step.say);
  lifeline_.worked();
}

/// The speaker went on after what sounds like a whole sentence: the answer to that is said.
void Interpreter::commit_answer(Utterance& utterance, const Understood& understood) {
  books_->settle(utterance.id, false);
  if (understood.step.say.empty()) return;
  commit(utterance, understood);
  utterance.phrases += phrases_of(utterance, understood.step.say).size();
  mouth_->release();
  lifeline_.worked();
}

/// What the step would say is now to be said.
void Interpreter::commit(Utterance& utterance, const Understood& understood) {
  utterance.translation.accept(understood.step);
  if (understood.step.say.empty()) return;
  const auto& words = understood.transcript.words;
  if (understood.step.source_words > 0 && understood.step.source_words <= words.size())
    utterance.said_until = std::min(samples(words[understood.step.source_words - 1].end), utterance.sound.size());
  const auto now = SteadyClock::now();
  books_->note(utterance.id, {.stage = Stage::kCommit, .text = understood.step.say}, {now, now});
}

/// The speaker has paused: if this was the end, the answer is there.
void Interpreter::take_answer(Utterance& utterance, Understood understood) {
  if (conversation_.adaptive_endpoint) {
    const auto ending = understood.step.ending;
    patience_ = (ending == Ending::kComplete  ? conversation_.complete_silence
                 : ending == Ending::kUnclear ? conversation_.unclear_silence
                                              : conversation_.open_silence)
                    .count();
  }
  mouth_->prepare(phrases_of(utterance, understood.step.say));
  utterance.answer = std::move(understood);
}

void Interpreter::conclude(Utterance& utterance, const Understood& understood, bool prepared) {
  const UtteranceId id = utterance.id;
  const auto& step = understood.step;
  books_->settle(id, false);
  commit(utterance, understood);
  const std::string& said = utterance.translation.said();
  books_->edit(id, [&](UtteranceRecord& record) {
    record.source = understood.transcript.text;
    record.translation = said;
    record.confidence = understood.transcript.confidence;
    record.stages.queue = std::max(0.0, MillisF(understood.recognition.begin - utterance.over_at).count());
    record.stages.recognition = understood.recognition.ms();
    record.stages.translation = understood.translation.ms();
    record.speculated = prepared;
  });
  const auto self = utterances_.front();
  utterances_.pop_front();
  if (said.empty()) {
    mouth_->discard();
    return books_->close(id, telemetry::Outcome::kNoWords);
  }
  books_->answer_begins(id, step.say.empty() ? std::max<std::size_t>(utterance.phrases, 1) - 1 : utterance.phrases);
  if (prepared) {
    mouth_->release();
  } else {
    say(utterance, step.say);
  }
  mouth_->end(id);
  lifeline_.worked();
  if (!utterance.heard_to_its_end) answered_[id] = self;
  books_->caption(id);
}

void Interpreter::say(Utterance& utterance, const std::string& text) {
  auto phrases = phrases_of(utterance, text);
  utterance.phrases += phrases.size();
  mouth_->say(std::move(phrases));
}

std::vector<Phrase> Interpreter::phrases_of(const Utterance& utterance, const std::string& text) const {
  const bool smooth = conversation_.smooth_joins;
  const auto limits = smooth ? synthesis::PhraseLimits{} : synthesis::kLimitsForWholePhrases;
  // The text may have been accepted already.
  std::string_view before = utterance.translation.said();
  if (before.ends_with(text)) before.remove_suffix(text.size());
  std::vector<Phrase> phrases;
  std::string said(before);
  for (std::string& phrase : synthesis::split_phrases(text, limits)) {
    phrases.push_back({.utterance = utterance.id, .text = phrase, .before = smooth ? said : std::string()});
    said += ' ' + phrase;
  }
  return phrases;
}

void Interpreter::take_failure(const Run& run, const NotUnderstood& failure) {
  understanding_.start_over();
  Utterance& utterance = *run.utterance;
  const bool heard = failure.stage == Stage::kTranslation;
  const std::string component(to_string(failure.stage));
  const auto& engines = *services_.engines;
  const auto& policy = services_.config.retry_understanding;
  Attempts& attempts = heard ? utterance.attempts.translation : utterance.attempts.recognition;
  const auto wait = heard ? attempts.after_failure(failure.error, engines.translators, policy)
                          : attempts.after_failure(failure.error, engines.recognizers_for(link_->pair.from), policy);
  lifeline_.failed(component, failure.error.message);
  if (wait) {
    utterance.not_before = SteadyClock::now() + *wait;
    books_->edit(utterance.id, [](UtteranceRecord& record) { ++record.retries; });
    services_.health.report(
        {.session_id = link_->session,
         .component = component,
         .status = Status::kDegraded,
         .action = std::string(attempts.action()),
         .reason = fmt::format("utterance {} of {}: {}", utterance.id, link_->speaker, failure.error.message)});
    return;
  }
  if (!utterance.over || utterance.pauses != run.pause) {
    utterance.has_failed = true;
    return;
  }
  const auto self = utterances_.front();
  utterances_.pop_front();
  give_original(utterance, utterance.said_until, component, failure.error);
  mouth_->end(utterance.id);
}

void Interpreter::on_speech_failure(UtteranceId id, const Error& error) {
  const std::lock_guard lock(mutex_);
  if (const auto answered = answered_.find(id); answered != answered_.end()) {
    give_original(*answered->second, 0, "synthesis", error);
    mouth_->end(id);
    return;
  }
  const auto running = std::ranges::find(utterances_, id, &Utterance::id);
  if (running == utterances_.end()) return;
  (*running)->answer.reset();
  (*running)->has_failed = (*running)->given_up = true;
  give_original(**running, 0, "synthesis", error);
}

/// Lets the listener hear the utterance as it was said, from this sample on, unless it was heard so already.
void Interpreter::give_original(Utterance& utterance, std::size_t from, std::string_view component,
                                const Error& error) {
  if (cancelled_) return;
  lifeline_.failed(component, error.message);
  services_.health.report({.session_id = link_->session,
                           .component = std::string(component),
                           .status = Status::kFailing,
                           .action = "give up",
                           .reason = fmt::format("utterance {} of {} stays untranslated: {}", utterance.id,
                                                 link_->speaker, error.message)});
  mouth_->discard();
  lifeline_.tell();
  books_->edit(utterance.id, [&](UtteranceRecord& record) { record.error = error.message; });
  if (std::exchange(utterance.heard_by_listener, true)) return;
  mouth_->say({{.utterance = utterance.id,
                .sound = {utterance.sound.begin() + static_cast<std::ptrdiff_t>(from), utterance.sound.end()}}});
}

/// The machine is too slow for what is said: what is oldest would be heard far too late.
void Interpreter::drop_what_waits_too_long() {
  const auto waits = [](const auto& utterance) { return utterance->over.has_value(); };
  const std::size_t most = services_.config.backpressure.most_utterances + (interpreting_ ? 1 : 0);
  while (static_cast<std::size_t>(std::ranges::count_if(utterances_, waits)) > most) {
    const auto oldest = utterances_.begin() + (interpreting_ ? 1 : 0);
    const UtteranceId id = (*oldest)->id;
    const bool begun = (*oldest)->phrases > 0;
    utterances_.erase(oldest);
    services_.stats.dropped[static_cast<std::size_t>(telemetry::Queue::kTranslation)].fetch_add(1);
    services_.health.report(
        {.session_id = link_->session,
         .component = "translation",
         .status = Status::kFailing,
         .action = "drop",
         .reason = fmt::format("utterance {} of {} waited behind {} others", id, link_->speaker, most)});
    books_->edit(id, [&](UtteranceRecord& record) { record.error = "it waited too long for a core"; });
    if (begun) {
      mouth_->end(id);  // The book is closed when that is heard.
    } else {
      books_->close(id, telemetry::Outcome::kLost);
    }
  }
}

void Interpreter::play_notice(Notice notice) {
  if (!services_.engines->notice || cancelled_) return;
  const auto sound = services_.engines->notice(link_->pair.to, notice);
  if (!sound) return;
  mouth_->say({{.sound = *sound}});
  mouth_->end(0);
}

void Interpreter::keep_pace() {
  // Behind somebody who goes on, or before the last clause of somebody who waits for the answer to it.
  const bool behind = !utterances_.empty() || answered_.size() > 1 ||
                      (!answered_.empty() && books_->answer_waits(answered_.begin()->first));
  pace_.keep(mouth_->lag(), behind ? mouth_->backlog() : milliseconds(0));
}

}  // namespace parley::call
