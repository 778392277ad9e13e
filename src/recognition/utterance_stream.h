// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "recognition/recognizer.h"

namespace parley::recognition {

/// What an engine made of one piece of speech.
struct PieceText {
  std::string text;              ///< UTF-8; empty when there were no words.
  double log_probability = 0.0;  ///< Sum over the tokens.
  std::size_t tokens = 0;
  bool complete =
      true;  ///< The model ended by itself; otherwise it was stopped at its limit of tokens, mostly in a loop.
};

/// The model of an engine that hears whole utterances. `speech`: -1…1, 16 kHz, at most the engine's window, without
/// offset. Any thread.
using RecognizePiece = std::function<Result<PieceText>(std::span<const float> speech)>;

/// Gathers an utterance for such an engine. Silence and noise give no words without a run of the model; speech longer
/// than the window is cut at pauses and the texts are joined; a loop is cut off where the model did not end by itself,
/// so that "no, no, no" stays.
class UtteranceStream final : public RecognitionStream {
 public:
  /// `longest_piece`: samples, 1 s or more.
  UtteranceStream(RecognizePiece recognize, std::size_t longest_piece);

  void feed(std::span<const std::int16_t> samples) override;
  Result<Transcript> hypothesis(Speech speech) override;
  Result<Transcript> finish() override;
  void start_over() override;

 private:
  Result<Transcript> recognize_all(std::span<const std::int16_t> samples);

  RecognizePiece recognize_;
  std::size_t longest_piece_;
  std::vector<std::int16_t> samples_;
  std::optional<Transcript> last_;  ///< The last hypothesis.
  bool last_holds_ = false;         ///< It was of a pause, and nothing was fed since.
  std::vector<float> speech_;  ///< The piece being recognised; kept for its memory.
};

}  // namespace parley::recognition
