// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

#include "control/collector.h"
#include "control/http_counts.h"
#include "control/loop_watch.h"
#include "control/sources.h"

namespace parley::control {

using Request = boost::beast::http::request<boost::beast::http::empty_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;

/// The path of a request's target, in origin form ("/health?verbose=1" → "/health") or absolute form
/// ("http://host/health"). Empty where it has none. Points into `target`.
std::string_view path_of(std::string_view target);

/// Gives each request its answer. What it tells is made anew at most once in `keep`, so that however many ask, those
/// who work on calls seldom wait for a lock that this thread of low priority holds. The server's thread.
class Router {
 public:
  /// `sources` and `watch` outlive it.
  Router(const Sources& sources, const LoopWatch& watch, milliseconds keep)
      : sources_(sources), watch_(watch), keep_(keep) {}

  /// Complete, to be sent as it is; whether the connection stays open afterwards is in it. `has_body`: the request
  /// brings one, which nobody will read. Never throws.
  Response answer(const Request& request, bool has_body);

  /// To a request that cannot be read, or a connection that cannot be served. Closes the connection.
  Response refusal(boost::beast::http::status status, std::string_view why);

  HttpCounts& counts() { return counts_; }

 private:
  struct Page {
    boost::beast::http::status status;
    const char* type;
    std::string text;
    SteadyClock::time_point made;
  };

  Response dispatch(const Request& request, std::string_view path, bool has_body);
  const Page& fresh(std::string_view path);
  Page make_page(std::string_view path, SteadyClock::time_point now) const;

  const Sources& sources_;
  const LoopWatch& watch_;
  const milliseconds keep_;
  std::map<std::string, Page, std::less<>> pages_;  ///< By path.
  HttpCounts counts_;
  const Collector collector_{sources_, watch_, counts_};
};

}  // namespace parley::control
