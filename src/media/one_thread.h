// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <boost/asio/io_context.hpp>

namespace parley::media {

/// For the constructor of the media thread's io_context: nobody else uses it or what belongs to it, so Asio need not
/// lock anything. What other threads want of the media thread goes through rings and atomics.
inline constexpr int kOneThread = BOOST_ASIO_CONCURRENCY_HINT_UNSAFE;

}  // namespace parley::media
