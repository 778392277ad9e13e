// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sstream>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/write.hpp>

#include "control/router.h"

namespace {

using namespace parley;
namespace http = boost::beast::http;

struct Daemon {
  telemetry::Health health;
  telemetry::Histograms histograms;
  telemetry::Ring ring;
  telemetry::LoopStats loop;
  control::Sources sources{
      .health = health, .histograms = histograms, .ring = ring, .loop = loop, .engines = {}, .version = "1"};
  control::LoopWatch watch{loop, SteadyClock::now()};
  control::Router router{sources, watch, milliseconds(200)};
};

void check(const control::Response& response, bool head) {
  const unsigned status = response.result_int();
  const bool known = status == 200 || status == 400 || status == 404 || status == 405 || status == 413;
  if (!known || response.count(http::field::content_length) != 1 || response.body().empty() != head) std::abort();
}

}  // namespace

/// Any bytes as what a client sends: each request in them has an answer of ours.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Daemon daemon;
  control::path_of({reinterpret_cast<const char*>(data), size});
  boost::asio::const_buffer rest(data, size);
  while (rest.size() > 0) {
    http::request_parser<http::empty_body> parser;
    parser.header_limit(8192);
    parser.body_limit(boost::none);
    boost::beast::error_code error;
    const std::size_t used = parser.put(rest, error);
    if (error || !parser.is_header_done()) break;
    check(daemon.router.answer(parser.get(), !parser.is_done()), parser.get().method() == http::verb::head);
    if (!parser.is_done() || used == 0) break;
    rest += used;
  }
  return 0;
}
