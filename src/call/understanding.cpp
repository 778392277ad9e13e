// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/understanding.h"

#include <utility>

#include "call/guarded.h"

namespace parley::call {

using telemetry::Stage;

std::size_t Understanding::known(UtteranceId utterance, const recognition::Recognizer& recognizer) const {
  return stream_ && recognizer_ == &recognizer && utterance_ == utterance ? fed_ : 0;
}

std::expected<Understood, NotUnderstood> Understanding::run(Task task) {
  Understood understood;
  understood.recognition.begin = SteadyClock::now();
  auto transcript = guarded([&] { return recognise(task); });
  if (!transcript) return std::unexpected(NotUnderstood{Stage::kRecognition, transcript.error()});
  understood.recognition.end = understood.translation.begin = SteadyClock::now();
  task.translation->use(*task.translator);
  auto step = guarded([&] {
    return task.translation->consider(
        {.text = transcript->text, .agreed_words = transcript->agreed, .complete = task.complete});
  });
  if (!step) return std::unexpected(NotUnderstood{Stage::kTranslation, step.error()});
  understood.translation.end = SteadyClock::now();
  understood.transcript = std::move(*transcript);
  understood.step = std::move(*step);
  return understood;
}

Result<recognition::Transcript> Understanding::recognise(Task& task) {
  if (!stream_ || recognizer_ != task.recognizer) {
    stream_.reset();
    auto stream = task.recognizer->open(
        {.session_id = link_->session, .speaker_id = link_->speaker, .language = link_->pair.from});
    if (!stream) return std::unexpected(stream.error());
    stream_ = std::move(*stream);
    recognizer_ = task.recognizer;
    utterance_ = 0;
  }
  if (std::exchange(utterance_, task.utterance) != task.utterance) {
    stream_->start_over();
    fed_ = 0;
  }
  fed_ += task.sound.size();
  stream_->feed(task.sound);
  return stream_->hypothesis(task.complete ? recognition::Speech::kPaused : recognition::Speech::kGoesOn);
}

}  // namespace parley::call
