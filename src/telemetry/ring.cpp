// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/ring.h"

#include <algorithm>

namespace parley::telemetry {

Ring::Ring(std::size_t capacity) : capacity_(std::max<std::size_t>(capacity, 1)) {}

void Ring::on_utterance(const UtteranceRecord& record) {
  const std::lock_guard lock(mutex_);
  if (records_.size() == capacity_) records_.pop_front();
  records_.push_back(record);
}

std::vector<UtteranceRecord> Ring::snapshot() const {
  const std::lock_guard lock(mutex_);
  return {records_.begin(), records_.end()};
}

void Ring::visit(const std::function<void(const UtteranceRecord&)>& look) const {
  const std::lock_guard lock(mutex_);
  std::ranges::for_each(records_, look);
}

}  // namespace parley::telemetry
