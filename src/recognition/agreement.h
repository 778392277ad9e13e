// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "recognition/piece_words.h"

namespace parley::recognition {

/// Which words of a piece of speech are certain while more of it is heard: local agreement (Liu, Spanakis and Niehues
/// 2020, "Low-latency sequence-to-sequence speech recognition and translation by partial hypothesis selection"). Words
/// that two hypotheses, one after the other, share from the start, but for the last of each, are settled; later ones
/// keep them. Words are
/// the same when their letters and digits are, whatever their case and marks. Not thread-safe.
class Agreement {
 public:
  /// A hypothesis of the whole piece, of which `samples` were heard. Two hypotheses are two witnesses when 0.4 s were
  /// said between them: what a model makes of a word that is cut off often stays for 0.25 s (of 481 words 15 were
  /// settled wrong then, 9 now).
  void hear(std::vector<PieceWord> words, Speech end, std::size_t samples);

  const std::vector<PieceWord>& words() const { return words_; }

  /// The first so many words stay whatever is heard later, but for their case and marks.
  std::size_t settled() const { return settled_; }

  /// The first so many words are the same in the last two hypotheses. After a pause this may be all of them, while the
  /// last is not settled: should the speaker go on, it may become another.
  std::size_t agreed() const { return agreed_; }

  /// The speech is cut: `head` is what its first part was heard to say alone. Takes those words, with the settled ones
  /// kept as they were.
  std::vector<PieceWord> take_head(std::vector<PieceWord> head);

  /// Takes the first words.
  std::vector<PieceWord> take(std::size_t count);

  /// The piece now begins `samples` later.
  void move_begin(std::size_t samples);

  void clear();

 private:
  std::vector<PieceWord> with_settled(std::vector<PieceWord> words) const;

  struct Witness {
    std::size_t samples = 0;
    std::vector<std::string> keys;
  };

  std::vector<PieceWord> words_;
  std::vector<Witness> earlier_;  ///< Hypotheses, the oldest first; no more than can still be compared.
  std::size_t settled_ = 0;
  std::size_t agreed_ = 0;
};

/// Where in `before`, the words of a whole piece, its last part begins, of which `tail` was heard a little later: the
/// words from there on are the same, but the last of either may differ. At least two must be the same. Of several
/// places the one whose time is nearest to `cut`, the sample where the part begins; only places up to `most`.
std::optional<std::size_t> place_of_tail(std::span<const PieceWord> before, std::span<const PieceWord> tail,
                                         std::size_t most, std::size_t cut);

}  // namespace parley::recognition
