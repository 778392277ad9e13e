// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/books.h"

#include <algorithm>
#include <chrono>

namespace parley::call {

using telemetry::Outcome;
using telemetry::Stage;
using telemetry::StageSpan;
using telemetry::UtteranceRecord;

UtteranceId Books::open(milliseconds speech_start) {
  const std::lock_guard lock(mutex_);
  const UtteranceId id = next_id_++;
  UtteranceRecord& record = pages_[id].record;
  record.session = link_->session;
  record.id = id;
  record.speaker = link_->speaker;
  record.listener = link_->listener;
  record.pair = link_->pair;
  record.speech_start = record.speech_end = speech_start;
  tell(News::kBegun, record);
  return id;
}

void Books::note(UtteranceId id, StageSpan span, const Took& took) {
  span.begin = link_->clock.at(took.begin);
  span.end = link_->clock.at(took.end);
  edit(id, [&](UtteranceRecord& record) { record.note(std::move(span)); });
}

void Books::settle(UtteranceId id, bool wasted) {
  const std::lock_guard lock(mutex_);
  const auto found = pages_.find(id);
  if (found == pages_.end()) return;
  Page& page = found->second;
  for (; page.settled < page.record.spans.size(); ++page.settled) {
    StageSpan& span = page.record.spans[page.settled];
    span.wasted = span.speculative && wasted;
  }
}

void Books::give(UtteranceId id, std::string text, const Took& synthesis) {
  const std::lock_guard lock(mutex_);
  const auto page = pages_.find(id);
  if (page == pages_.end()) return;
  page->second.phrases.push_back({std::move(text), synthesis, SteadyClock::now(), std::nullopt});
}

void Books::answer_begins(UtteranceId id, std::size_t phrase) {
  const std::lock_guard lock(mutex_);
  if (const auto page = pages_.find(id); page != pages_.end()) page->second.answer = phrase;
}

bool Books::answer_waits(UtteranceId id) const {
  const std::lock_guard lock(mutex_);
  const auto page = pages_.find(id);
  return page != pages_.end() && page->second.answer > 0 && page->second.begun <= page->second.answer;
}

void Books::take(const PlayoutEvent& event) {
  const auto at = milliseconds((event.tick - link_->first_tick) * kFrameTime.count());
  const std::lock_guard lock(mutex_);
  const auto found = pages_.find(event.utterance);
  if (found == pages_.end()) return;
  Page& page = found->second;
  if (event.kind == PlayoutEvent::Kind::kFirstFrame) {
    if (!page.record.audio_start) page.record.audio_start = at;  // A notice may have come between its clauses.
  } else if (event.kind == PlayoutEvent::Kind::kPhrase) {
    if (page.begun < page.phrases.size()) {
      Given& phrase = page.phrases[page.begun];
      phrase.heard = at;
      phrase.spoken_before = event.spoken;
      phrase.saved_before = event.saved;
    }
    ++page.begun;
  } else if (event.kind == PlayoutEvent::Kind::kCut && !page.captioned) {
    page.cut = event;
  } else {
    close_heard(page, event);
    pages_.erase(found);
  }
}

/// `last`: kLastFrame or kCut.
void Books::close_heard(Page& page, const PlayoutEvent& last) {
  UtteranceRecord& record = page.record;
  const auto at = milliseconds((last.tick - link_->first_tick) * kFrameTime.count());
  const bool cut = last.kind == PlayoutEvent::Kind::kCut;
  if (record.audio_start) record.audio_end = at;
  record.stretched_ms = static_cast<double>(last.saved.count());
  if (cut) record.cut = static_cast<int>(page.phrases.size() - std::min(page.begun, page.phrases.size()));
  close(page, !record.error.empty() ? Outcome::kUntranslated : cut ? Outcome::kCut : Outcome::kAnswered, last);
}

void Books::close(UtteranceId id, Outcome outcome) {
  const std::lock_guard lock(mutex_);
  const auto found = pages_.find(id);
  if (found == pages_.end()) return;
  close(found->second, outcome);
  pages_.erase(found);
}

void Books::close_all(Outcome outcome) {
  const std::lock_guard lock(mutex_);
  for (auto& [id, page] : pages_) close(page, outcome);
  pages_.clear();
}

void Books::close(Page& page, Outcome outcome, const PlayoutEvent& last) {
  UtteranceRecord& record = page.record;
  record.outcome = outcome;
  if (page.answer < page.phrases.size()) {
    const Given& answer = page.phrases[page.answer];
    record.stages.synthesis = answer.synthesis.ms();
    if (answer.heard) {
      record.answer_start = std::chrono::duration_cast<milliseconds>(*answer.heard);
      record.stages.playout = (*answer.heard - link_->clock.at(answer.at)).count();
    }
  }
  for (std::size_t i = 0; i < page.phrases.size() && page.phrases[i].heard; ++i) {
    const Given& phrase = page.phrases[i];
    const Given* next = i + 1 < page.phrases.size() && page.phrases[i + 1].heard ? &page.phrases[i + 1] : nullptr;
    const double spoken =
        std::max(0.0, MillisF((next != nullptr ? next->spoken_before : last.spoken) - phrase.spoken_before).count());
    const double saved = MillisF((next != nullptr ? next->saved_before : last.saved) - phrase.saved_before).count();
    record.note({.stage = Stage::kPlayout,
                 .begin = *phrase.heard,
                 .end = *phrase.heard + MillisF(std::max(0.0, spoken - saved)),
                 .text = phrase.text,
                 .tempo = spoken > saved ? spoken / (spoken - saved) : 1.0});
  }
  tell(News::kUtterance, std::move(record));
}

void Books::partial(UtteranceId id, std::string source, std::string translation) {
  const std::lock_guard lock(mutex_);
  const auto page = pages_.find(id);
  if (page == pages_.end()) return;
  page->second.record.source = std::move(source);
  page->second.record.translation = std::move(translation);
  tell(News::kPartial, page->second.record);
}

void Books::caption(UtteranceId id) {
  const std::lock_guard lock(mutex_);
  const auto found = pages_.find(id);
  if (found == pages_.end()) return;
  Page& page = found->second;
  page.captioned = true;
  tell(News::kCaption, page.record);
  if (!page.cut) return;
  close_heard(page, *page.cut);
  pages_.erase(found);
}

void Books::report() {
  std::vector<std::pair<News, UtteranceRecord>> news;
  {
    const std::lock_guard lock(mutex_);
    news.swap(news_);
  }
  for (const auto& [what, record] : news) {
    if (what == News::kBegun) ledger_.begun(record);
    if (what == News::kPartial) ledger_.partial(record);
    if (what == News::kCaption) ledger_.caption(record);
    if (what == News::kUtterance) ledger_.utterance(record);
  }
}

}  // namespace parley::call
