// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ring.h"

#include <algorithm>

namespace parley::telemetry {

Ring::Ring(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

void Ring::on_utterance(const UtteranceRecord& record) {
  const Measures measures = measure(record);
  const std::lock_guard lock(mutex_);
  if (records_.size() == capacity_) {
    records_.pop_front();
    measures_.pop_front();
  }
  records_.push_back(record);
  measures_.push_back(measures);
}

std::vector<UtteranceRecord> Ring::snapshot() const {
  const std::lock_guard lock(mutex_);
  return {records_.begin(), records_.end()};
}

std::vector<Measures> Ring::measures() const {
  const std::lock_guard lock(mutex_);
  return {measures_.begin(), measures_.end()};
}

}  // namespace parley::telemetry
