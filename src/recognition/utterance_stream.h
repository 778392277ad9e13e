// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <span>
#include <vector>

#include "recognition/agreement.h"
#include "recognition/piece.h"
#include "recognition/recognizer.h"
#include "recognition/stream_options.h"

namespace parley::recognition {

/// An utterance for an engine that hears pieces of speech. Silence and noise give no words without a run of the model;
/// a loop is cut off where the model did not end by itself. Its memory is the longest piece's and the words'.
class UtteranceStream final : public RecognitionStream {
 public:
  /// `longest_piece`: what the model hears at once, 1 s or more; longer speech is cut where it is quietest.
  UtteranceStream(RecognizePiece recognize, std::chrono::milliseconds longest_piece, const StreamOptions& options = {});

  void feed(std::span<const std::int16_t> samples) override;
  Result<Transcript> hypothesis(Speech speech) override;
  Result<Transcript> finish() override;
  void start_over() override;

 private:
  /// Words that are certain because the speech they were heard in is done with.
  struct Past {
    std::vector<Word> words;
    double log_probability = 0.0;
    std::size_t tokens = 0;
    std::size_t samples = 0;
  };

  bool nothing_new() const;
  Result<std::vector<PieceWord>> hear(std::span<const std::int16_t> samples, Speech end);
  Result<void> hear_piece(Speech end);
  Result<void> cut_head();
  Result<bool> cut_at_pause(Speech end);
  Result<bool> cut_where_deaf(Speech end);
  void agree(std::vector<PieceWord> words, Speech end);
  void set_times(std::vector<PieceWord>& words, std::size_t end) const;
  void move_to_past(const std::vector<PieceWord>& words, std::size_t samples);
  void add_word(const PieceWord& word, Past& past) const;
  Transcript transcript() const;

  RecognizePiece recognize_;
  std::size_t longest_piece_;
  std::size_t cut_after_;
  bool use_draft_;

  std::vector<std::int16_t> samples_;  ///< The piece that is being heard.
  Agreement agreement_;                ///< Its words.
  double end_log_probability_ = 0.0;
  std::vector<std::int64_t> draft_;  ///< The tokens of its last hypothesis.
  std::string first_word_;  ///< Its first word as it was heard with what is past; empty where it begins the utterance.
  Past past_;
  std::size_t heard_to_ = 0;  ///< Samples of the piece at the last hypothesis.
  std::size_t paused_at_ =
      0;  ///< Samples of the piece at the last hypothesis of a pause; zero: none since the last of speech.
  std::size_t next_cut_ = 0;       ///< Samples of the piece from which a cut is worth another trial.
  std::size_t no_cut_before_ = 0;  ///< Samples of the piece: a pause before did not prove to be one.
  std::size_t changed_at_ = 0;  ///< Samples of the piece at the last hypothesis with other words than the one before.
  std::size_t next_deaf_ = 0;   ///< As next_cut_, for speech that the model does not hear.
  std::vector<float> speech_;   ///< What the model hears; kept for its memory.
};

}  // namespace parley::recognition
