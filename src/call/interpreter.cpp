// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/interpreter.h"

#include <algorithm>
#include <utility>

#include <spdlog/spdlog.h>

#include "call/guarded.h"
#include "synthesis/phrases.h"

namespace parley::call {
namespace {

using audio::kSampleRate;
using telemetry::Stage;
using telemetry::UtteranceRecord;
using translation::Ending;

/// Before so much was heard there is no word to be found.
constexpr std::size_t kFirstPartial = kSampleRate * 6 / 10;

std::size_t samples(milliseconds time) { return static_cast<std::size_t>(time.count()) * kSampleRate / 1000; }

}  // namespace

std::shared_ptr<Interpreter> Interpreter::make(std::shared_ptr<Link> link, std::shared_ptr<const Engines> engines,
                                               Executor& executor, telemetry::Ledger& ledger,
                                               const CallConfig& config) {
  std::shared_ptr<Interpreter> interpreter(
      new Interpreter(std::move(link), std::move(engines), executor, ledger, config));
  interpreter->mouth_ =
      std::make_shared<Mouth>(interpreter->link_, interpreter->engines_, executor, interpreter->books_, config,
                              [weak = std::weak_ptr(interpreter)](UtteranceId id, const Error& error) {
                                if (const auto self = weak.lock()) self->on_speech_failure(id, error);
                              });
  return interpreter;
}

Interpreter::Interpreter(std::shared_ptr<Link> link, std::shared_ptr<const Engines> engines, Executor& executor,
                         telemetry::Ledger& ledger, const CallConfig& config)
    : link_(std::move(link)),
      engines_(std::move(engines)),
      executor_(executor),
      config_(config),
      books_(std::make_shared<Books>(link_, ledger)) {}

void Interpreter::begin(milliseconds speech_start) {
  const std::lock_guard lock(mutex_);
  auto utterance = std::make_shared<Utterance>(
      Utterance{.id = books_->open(speech_start),
                .translation = {*engines_->translator, link_->pair, config_.conversation.commit}});
  utterance->heard_by_listener = link_->mode == Mode::kPassThrough;
  utterances_.push_back(std::move(utterance));
  patience_ = 0;
}

void Interpreter::hear(std::span<const std::int16_t> samples, bool voiced) {
  const std::lock_guard lock(mutex_);
  Utterance& utterance = *utterances_.back();
  utterance.sound.insert(utterance.sound.end(), samples.begin(), samples.end());
  utterance.voiced = voiced;
}

void Interpreter::pause() {
  const std::lock_guard lock(mutex_);
  Utterance& utterance = *utterances_.back();
  utterance.paused = true;
  ++utterance.pauses;
  start_job();
}

void Interpreter::resume() {
  const std::lock_guard lock(mutex_);
  Utterance& utterance = *utterances_.back();
  utterance.paused = false;
  patience_ = 0;
  const auto answer = std::exchange(utterance.answer, std::nullopt);
  if (!answer) return;
  if (config_.conversation.commit.clauses && answer->step.ending == Ending::kComplete)
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

void Interpreter::announce_untranslated() {
  const std::lock_guard lock(mutex_);
  queue_notice();
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
  executor_.submit(*priority, [self = shared_from_this(), ticket = ++ticket_] { self->begin_run(ticket); });
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
    const auto& utterance = utterances_.front();
    run = {.utterance = utterance,
           .complete = utterance->paused,
           .speculative = utterance->paused && !utterance->over,
           .pause = utterance->pauses,
           .until = utterance->sound.size()};
  }
  interpret(run);
}

/// How urgent the next run for the utterance is; nothing when there is none to be made now.
std::optional<Priority> Interpreter::next_run(const Utterance& utterance) const {
  if (utterance.over) return Priority::kRecognition;
  if (utterance.has_failed) return std::nullopt;
  if (utterance.paused) {
    if (!config_.conversation.speculate || utterance.answer) return std::nullopt;
    return Priority::kRecognition;
  }
  // A speaker who has just fallen silent may have finished: nothing shall be in the way of the answer then.
  const bool news = utterance.sound.size() >= utterance.understood + samples(config_.conversation.partial_interval);
  if (!config_.conversation.partials || !utterance.voiced || !news || utterance.sound.size() < kFirstPartial)
    return std::nullopt;
  return Priority::kPartial;
}

void Interpreter::interpret(const Run& run) {
  auto outcome = guarded([&] { return understand(run); });
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

Result<Interpreter::Outcome> Interpreter::understand(const Run& run) {
  Outcome outcome;
  outcome.recognition.begin = SteadyClock::now();
  auto transcript = recognise(run);
  if (!transcript) return std::unexpected(transcript.error());
  outcome.recognition.end = outcome.translation.begin = SteadyClock::now();
  auto step = run.utterance->translation.consider(
      {.text = transcript->text, .agreed_words = transcript->agreed, .complete = run.complete});
  if (!step) return std::unexpected(step.error());
  outcome.translation.end = SteadyClock::now();
  outcome.transcript = std::move(*transcript);
  outcome.step = std::move(*step);
  return outcome;
}

Result<recognition::Transcript> Interpreter::recognise(const Run& run) {
  if (!recognition_) {
    const auto* recognizer = engines_->recognizer_for(link_->pair.from);
    if (recognizer == nullptr) return fail(ErrorCode::kUnsupported, "no recogniser for {}", link_->pair.from.code());
    auto stream =
        recognizer->open({.session_id = link_->session, .speaker_id = link_->speaker, .language = link_->pair.from});
    if (!stream) return std::unexpected(stream.error());
    recognition_ = std::move(*stream);
    recognising_ = 0;
  }
  if (std::exchange(recognising_, run.utterance->id) != run.utterance->id) {
    recognition_->start_over();
    fed_ = 0;
  }
  std::vector<std::int16_t> sound;
  {
    const std::lock_guard lock(mutex_);
    const auto& all = run.utterance->sound;
    sound.assign(all.begin() + static_cast<std::ptrdiff_t>(fed_), all.begin() + static_cast<std::ptrdiff_t>(run.until));
  }
  fed_ = run.until;
  recognition_->feed(sound);
  return recognition_->hypothesis(run.complete ? recognition::Speech::kPaused : recognition::Speech::kGoesOn);
}

void Interpreter::take(const Run& run, Outcome outcome) {
  Utterance& utterance = *run.utterance;
  note(run, outcome);
  // Considered before something else was said: the next run knows of it.
  if (outcome.step.said_before != utterance.translation.said().size()) return;
  const bool in_time = run.complete && utterance.paused && utterance.pauses == run.pause;
  if (!run.complete) {
    take_partial(utterance, outcome);
  } else if (in_time && utterance.over) {
    conclude(utterance, outcome, false);
  } else if (in_time) {
    take_answer(utterance, std::move(outcome));
  } else {
    books_->edit(utterance.id, [](UtteranceRecord& record) { ++record.speculations_wasted; });
    books_->settle(utterance.id, true);
  }
}

void Interpreter::note(const Run& run, const Outcome& outcome) {
  const UtteranceId id = run.utterance->id;
  books_->note(id, {.stage = Stage::kRecognition, .speculative = run.speculative, .text = outcome.transcript.text},
               outcome.recognition);
  books_->note(id, {.stage = Stage::kTranslation, .speculative = run.speculative, .text = outcome.step.caption},
               outcome.translation);
  books_->edit(id, [&](UtteranceRecord& record) {
    if (!run.complete) ++record.partials;
    if (run.speculative) ++record.speculations;
  });
}

void Interpreter::take_partial(Utterance& utterance, const Outcome& outcome) {
  books_->partial(utterance.id, outcome.transcript.text, outcome.step.caption);
  if (outcome.step.say.empty()) return;
  commit(utterance, outcome);
  say(utterance, outcome.step.say);
}

/// The speaker went on after what sounds like a whole sentence: the answer to that is said.
void Interpreter::commit_answer(Utterance& utterance, const Outcome& outcome) {
  books_->settle(utterance.id, false);
  if (outcome.step.say.empty()) return;
  commit(utterance, outcome);
  link_->mode = Mode::kTranslated;
  utterance.phrases += phrases_of(utterance, outcome.step.say).size();
  mouth_->release();
}

/// What the outcome would say is now to be said.
void Interpreter::commit(Utterance& utterance, const Outcome& outcome) {
  utterance.translation.accept(outcome.step);
  if (outcome.step.say.empty()) return;
  const auto& words = outcome.transcript.words;
  if (outcome.step.source_words > 0 && outcome.step.source_words <= words.size())
    utterance.said_until = std::min(samples(words[outcome.step.source_words - 1].end), utterance.sound.size());
  const auto now = SteadyClock::now();
  books_->note(utterance.id, {.stage = Stage::kCommit, .text = outcome.step.say}, {now, now});
}

/// The speaker has paused: if this was the end, the answer is there.
void Interpreter::take_answer(Utterance& utterance, Outcome outcome) {
  const auto& conversation = config_.conversation;
  if (conversation.adaptive_endpoint) {
    const auto ending = outcome.step.ending;
    patience_ = (ending == Ending::kComplete  ? conversation.complete_silence
                 : ending == Ending::kUnclear ? conversation.unclear_silence
                                              : conversation.open_silence)
                    .count();
  }
  mouth_->prepare(phrases_of(utterance, outcome.step.say));
  utterance.answer = std::move(outcome);
}

void Interpreter::conclude(Utterance& utterance, const Outcome& outcome, bool prepared) {
  const UtteranceId id = utterance.id;
  const auto& step = outcome.step;
  books_->settle(id, false);
  commit(utterance, outcome);
  const std::string& said = utterance.translation.said();
  books_->edit(id, [&](UtteranceRecord& record) {
    record.source = outcome.transcript.text;
    record.translation = said;
    record.confidence = outcome.transcript.confidence;
    record.stages.queue = std::max(0.0, MillisF(outcome.recognition.begin - utterance.over_at).count());
    record.stages.recognition = outcome.recognition.ms();
    record.stages.translation = outcome.translation.ms();
    record.speculated = prepared;
  });
  const auto self = utterances_.front();
  utterances_.pop_front();
  if (said.empty()) {
    mouth_->discard();
    return books_->close(id, telemetry::Outcome::kNoWords);
  }
  link_->mode = Mode::kTranslated;
  books_->answer_begins(id, step.say.empty() ? std::max<std::size_t>(utterance.phrases, 1) - 1 : utterance.phrases);
  if (prepared) {
    mouth_->release();
  } else {
    say(utterance, step.say);
  }
  mouth_->end(id);
  if (!utterance.heard_to_its_end) answered_[id] = self;
  books_->caption(id);
}

void Interpreter::say(Utterance& utterance, const std::string& text) {
  link_->mode = Mode::kTranslated;
  auto phrases = phrases_of(utterance, text);
  utterance.phrases += phrases.size();
  mouth_->say(std::move(phrases));
}

std::vector<Phrase> Interpreter::phrases_of(const Utterance& utterance, const std::string& text) const {
  const bool smooth = config_.conversation.smooth_joins;
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

void Interpreter::take_failure(const Run& run, const Error& error) {
  // The engine's state is unknown: a new stream gets all of the utterance again.
  recognition_.reset();
  Utterance& utterance = *run.utterance;
  if (!utterance.over || utterance.pauses != run.pause) {
    spdlog::warn("[{}] {} {}: {}", link_->session, link_->speaker, to_string(link_->pair), error.message);
    utterance.has_failed = true;
    return;
  }
  const auto self = utterances_.front();
  utterances_.pop_front();
  give_original(utterance, utterance.said_until, error);
  mouth_->end(utterance.id);
}

void Interpreter::on_speech_failure(UtteranceId id, const Error& error) {
  const std::lock_guard lock(mutex_);
  if (const auto answered = answered_.find(id); answered != answered_.end()) {
    give_original(*answered->second, 0, error);
    mouth_->end(id);
    return;
  }
  const auto running = std::ranges::find(utterances_, id, &Utterance::id);
  if (running == utterances_.end()) return;
  (*running)->answer.reset();
  (*running)->has_failed = (*running)->given_up = true;
  give_original(**running, 0, error);
}

/// Lets the listener hear the utterance as it was said, from this sample on, unless it was heard so already.
void Interpreter::give_original(Utterance& utterance, std::size_t from, const Error& error) {
  if (cancelled_) return;
  spdlog::error("[{}] {} {}: utterance {} stays untranslated: {}", link_->session, link_->speaker,
                to_string(link_->pair), utterance.id, error.message);
  link_->mode = Mode::kPassThrough;
  mouth_->discard();
  queue_notice();
  books_->edit(utterance.id, [&](UtteranceRecord& record) { record.error = error.message; });
  if (std::exchange(utterance.heard_by_listener, true)) return;
  mouth_->say({{.utterance = utterance.id,
                .sound = {utterance.sound.begin() + static_cast<std::ptrdiff_t>(from), utterance.sound.end()}}});
}

void Interpreter::queue_notice() {
  if (std::exchange(announced_, true)) return;
  spdlog::warn("[{}] {} hears {} in the original voice", link_->session, link_->listener, link_->speaker);
  const auto notice = engines_->untranslated_notice.find(link_->pair.to);
  if (notice == engines_->untranslated_notice.end()) return;
  mouth_->say({{.sound = notice->second}});
  mouth_->end(0);
}

/// Speaks faster while what is to be heard piles up: behind somebody who goes on, or before the last clause of somebody
/// who waits for the answer to it.
void Interpreter::keep_pace() {
  if (!config_.conversation.stretch) return;
  constexpr MillisF kUnhurried{300};
  constexpr MillisF kHurried{1300};
  const bool behind = !utterances_.empty() || answered_.size() > 1 ||
                      (!answered_.empty() && books_->answer_waits(answered_.begin()->first));
  const MillisF backlog = behind ? MillisF(mouth_->backlog()) : MillisF(0);
  const double hurry = std::clamp((backlog - kUnhurried) / (kHurried - kUnhurried), 0.0, 1.0);
  link_->playout.set_tempo(static_cast<float>(1.0 + hurry * (config_.conversation.most_stretch - 1.0)));
}

}  // namespace parley::call
