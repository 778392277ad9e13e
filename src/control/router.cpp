// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/router.h"

#include <algorithm>
#include <array>
#include <ctime>

#include <fmt/chrono.h>
#include <spdlog/spdlog.h>
#include <nlohmann/json.hpp>

#include "control/health_report.h"

namespace parley::control {
namespace {

namespace http = boost::beast::http;

constexpr std::array<std::string_view, 3> kPaths = {"/metrics", "/health", "/health/report"};
constexpr const char* kPrometheusText = "text/plain; version=0.0.4; charset=utf-8";
constexpr const char* kJson = "application/json";

Response make(http::status status, const char* type, std::string body) {
  Response response{status, 11, std::move(body)};
  response.set(http::field::date, fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(std::time(nullptr))));
  response.set(http::field::content_type, type);
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  return response;
}

Response error(http::status status, std::string_view why,
               nlohmann::ordered_json more = nlohmann::ordered_json::object()) {
  nlohmann::ordered_json body{{"error", why}};
  body.update(more);
  return make(status, kJson, body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

/// Its length is said in any case; a HEAD's body is not sent.
void finish(Response& response, bool head, bool keep_alive, unsigned version) {
  response.version(version);
  response.content_length(response.body().size());
  response.keep_alive(keep_alive);
  if (head) response.body().clear();
}

}  // namespace

std::string_view path_of(std::string_view target) {
  target = target.substr(0, target.find_first_of("?#"));
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos && !target.starts_with('/')) {
    const auto path = target.find('/', scheme + 3);
    return path == std::string_view::npos ? std::string_view() : target.substr(path);
  }
  return target;
}

Response Router::answer(const Request& request, bool has_body) {
  const bool head = request.method() == http::verb::head;
  const std::string_view path = path_of({request.target().data(), request.target().size()});
  Response response;
  try {
    response = dispatch(request, path, has_body);
  } catch (const std::exception& problem) {
    spdlog::error("http: {} cannot be answered: {}", path, problem.what());
    response = error(http::status::internal_server_error, "this answer cannot be made now");
  }
  const bool known = std::ranges::find(kPaths, path) != kPaths.end();
  ++counts_.answers[{known ? std::string(path) : "other", response.result_int()}];
  // What a body would be is not read, so that nothing after it can be.
  finish(response, head, request.keep_alive() && !has_body, request.version());
  return response;
}

Response Router::dispatch(const Request& request, std::string_view path, bool has_body) {
  if (request.version() >= 11 && request.count(http::field::host) != 1)
    return error(http::status::bad_request, "a request of HTTP/1.1 needs one Host");
  if (std::ranges::find(kPaths, path) == kPaths.end())
    return error(http::status::not_found, "there is nothing here", {{"paths", kPaths}});
  if (request.method() != http::verb::get && request.method() != http::verb::head) {
    Response response = error(http::status::method_not_allowed, "only GET and HEAD are answered");
    response.set(http::field::allow, "GET, HEAD");
    return response;
  }
  if (has_body) return error(http::status::payload_too_large, "a request with a body is not read");
  const Page& page = fresh(path);
  return make(page.status, page.type, page.text);
}

const Router::Page& Router::fresh(std::string_view path) {
  const auto now = SteadyClock::now();
  const auto known = pages_.find(path);
  if (known != pages_.end() && now - known->second.made < keep_) return known->second;
  return pages_.insert_or_assign(std::string(path), make_page(path, now)).first->second;
}

Router::Page Router::make_page(std::string_view path, SteadyClock::time_point now) const {
  if (path == "/metrics") return {http::status::ok, kPrometheusText, to_text(collector_.Collect()), now};
  if (path == "/health/report")
    return {http::status::ok, kPrometheusText, to_text(health_report(sources_, watch_)), now};
  HealthAnswer health = health_answer(sources_, watch_);
  const auto status = health.ready == Ready::kFailing ? http::status::service_unavailable : http::status::ok;
  return {status, kJson, std::move(health.json), now};
}

Response Router::refusal(http::status status, std::string_view why) {
  Response response = error(status, why);
  ++counts_.answers[{"other", response.result_int()}];
  if (status == http::status::service_unavailable) response.set(http::field::retry_after, "1");
  finish(response, false, false, 11);
  return response;
}

}  // namespace parley::control
