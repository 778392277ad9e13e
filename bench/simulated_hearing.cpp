// SPDX-License-Identifier: GPL-3.0-or-later
#include "simulated_hearing.h"

#include <random>

#include "translation/sentences.h"
#include "translation/word_alignment.h"

namespace parley::bench {
namespace {

using translation::HeardText;
using translation::spaced_words;

constexpr std::size_t kNotAgreed = 2;

std::string_view without_marks(std::string_view word) {
  const auto last = word.find_last_not_of(".,;:?!");
  return last == std::string_view::npos ? word : word.substr(0, last + 1);
}

class Ear {
 public:
  Ear(std::string_view text, unsigned seed) : words_(spaced_words(text)), random_(seed) {}

  HeardText after(std::size_t heard) {
    HeardText result{{}, heard > kNotAgreed ? heard - kNotAgreed : 0, false};
    for (std::size_t i = 0; i < heard; ++i) {
      if (i > 0) result.text += ' ';
      const std::size_t from_end = heard - 1 - i;
      if (from_end == 0) {
        result.text += std::string(cut_off(words_[i])) + ".";
      } else if (from_end <= kNotAgreed && happens(0.15)) {  // up to the last agreed word
        result.text += std::string(without_marks(words_[i])) + (happens(0.3) ? "," : "");
      } else if (from_end < kNotAgreed && happens(0.1)) {
        result.text += without_marks(words_[random_() % words_.size()]);
      } else {
        result.text += words_[i];
      }
    }
    return result;
  }

 private:
  bool happens(double probability) { return std::uniform_real_distribution<>(0.0, 1.0)(random_) < probability; }

  std::string_view cut_off(std::string_view word) {
    const std::string_view bare = without_marks(word);
    if (happens(0.2)) return without_marks(words_[random_() % words_.size()]);
    if (!happens(0.3)) return bare;
    std::size_t length = bare.size() / 2 + 1;
    while (length < bare.size() && (static_cast<unsigned char>(bare[length]) & 0xC0U) == 0x80U) ++length;
    return bare.substr(0, length);
  }

  std::vector<std::string_view> words_;
  std::mt19937 random_;
};

}  // namespace

std::vector<HeardText> hear(std::string_view text, unsigned seed) {
  const std::size_t words = spaced_words(text).size();
  Ear ear(text, seed);
  std::vector<HeardText> updates;
  for (std::size_t heard = 1; heard < words; ++heard) updates.push_back(ear.after(heard));
  updates.push_back({std::string(text), words, true});
  return updates;
}

}  // namespace parley::bench
