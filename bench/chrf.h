// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace parley::bench {

/// chrF2 as sacreBLEU computes it (Popović 2015; characters 1- to 6-grams, β = 2, white space left out, precision and
/// recall averaged over the orders). Of a corpus: counts are summed over its lines.
class ChrF {
 public:
  void add(std::string_view hypothesis, std::string_view reference);

  /// 0…100; 0 when nothing was added.
  double score() const;

 private:
  static constexpr std::size_t kOrders = 6;
  struct Counts {
    std::size_t hypothesis = 0;
    std::size_t reference = 0;
    std::size_t matches = 0;
  };
  std::array<Counts, kOrders> counts_{};
};

double chrf(std::string_view hypothesis, std::string_view reference);

}  // namespace parley::bench
