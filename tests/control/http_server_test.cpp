// SPDX-License-Identifier: GPL-3.0-or-later
#include "control/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/fixture.h"

namespace parley::control::testing {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class AnHttpServer : public ServedDaemon {};

TEST_F(AnHttpServer, AnswersOnAFreePort) {
  serve();
  EXPECT_NE(port(), 0);
  for (const auto* path : {"/metrics", "/health", "/health/report"}) {
    const Reply reply = get(port(), path);
    EXPECT_EQ(reply.status, 200) << path;
    EXPECT_FALSE(reply.body.empty());
    EXPECT_EQ(reply.fields.at("cache-control"), "no-store");
    EXPECT_FALSE(reply.fields.at("date").empty());
  }
  EXPECT_EQ(get(port(), "/metrics").fields.at("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(get(port(), "/health").fields.at("content-type"), "application/json");
}

TEST_F(AnHttpServer, IgnoresWhatIsAskedBehindThePath) {
  serve();
  EXPECT_EQ(get(port(), "/health?verbose=1").status, 200);
  EXPECT_EQ(get(port(), "http://localhost/health/report").status, 200);
}

TEST_F(AnHttpServer, AnswersHeadWithoutABody) {
  serve();
  Client client(port());
  client.say(request("/health/report", "HEAD") + request("/health/report"));
  const Reply head = client.hear(5s, true);
  EXPECT_EQ(head.status, 200);
  const Reply whole = client.hear();  // Nothing of a body was between them.
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(head.fields.at("content-type"), whole.fields.at("content-type"));
  EXPECT_GT(std::stoi(head.fields.at("content-length")), 100);
}

TEST_F(AnHttpServer, KnowsOnlyItsPaths) {
  serve();
  for (const auto* path : {"/", "/metric", "/metrics/", "/health/", "//metrics", "/../metrics", "/%6detrics", "*"}) {
    const Reply reply = get(port(), path);
    EXPECT_EQ(reply.status, 404) << path;
    EXPECT_THAT(json::parse(reply.body).at("paths"), ::testing::ElementsAre("/metrics", "/health", "/health/report"));
  }
}

TEST_F(AnHttpServer, AllowsOnlyToLook) {
  serve();
  for (const auto* method : {"POST", "PUT", "DELETE", "OPTIONS", "BREW"}) {
    Client client(port());
    client.say(request("/metrics", method));
    const Reply reply = client.hear();
    EXPECT_EQ(reply.status, 405) << method;
    EXPECT_EQ(reply.fields.at("allow"), "GET, HEAD");
    EXPECT_TRUE(json::parse(reply.body).contains("error"));
  }
}

TEST_F(AnHttpServer, KeepsAConnection) {
  serve();
  Client client(port());
  for (int i = 0; i < 5; ++i) {
    client.say(request("/health/report"));
    EXPECT_EQ(client.hear().status, 200);
  }
  client.say(request("/health", "GET", "Connection: close\r\n"));
  EXPECT_EQ(client.hear().status, 200);
  EXPECT_TRUE(client.is_closed_within(3s));
}

TEST_F(AnHttpServer, ClosesForAClientOfHttp10) {
  serve();
  Client client(port());
  client.say("GET /health HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.hear().status, 200);
  EXPECT_TRUE(client.is_closed_within(3s));
}

TEST_F(AnHttpServer, AnswersWhatIsSentAtOnceInOrder) {
  serve();
  Client client(port());
  std::string many;
  for (int i = 0; i < 300; ++i) many += request(i % 3 == 0 ? "/health/report" : i % 3 == 1 ? "/health" : "/nothing");
  std::jthread speaker([&] { client.say(many); });
  for (int i = 0; i < 300; ++i) {
    const Reply reply = client.hear();
    ASSERT_EQ(reply.status, i % 3 == 2 ? 404 : 200) << i;
    ASSERT_EQ(reply.body.starts_with("{"), i % 3 != 0) << i;
  }
}

TEST_F(AnHttpServer, MakesAnAnswerOnceForAllWhoAskAtOnce) {
  Sources sources = daemon_.sources();
  std::atomic<int> made = 0;
  sources.engines = [&] { return ++made, std::vector<telemetry::EngineStatus>(); };
  auto started = HttpServer::start({.port = 0, .keep = milliseconds(300)}, sources);
  ASSERT_TRUE(started);
  server_ = std::move(*started);
  const auto began = SteadyClock::now();
  for (int i = 0; i < 50; ++i) EXPECT_EQ(get(port(), "/health").status, 200);
  EXPECT_LE(made, 1 + elapsed_ms(began) / 300.0);
  EXPECT_GE(made, 1);
  std::this_thread::sleep_for(300ms);
  const int before = made;
  EXPECT_EQ(get(port(), "/health").status, 200);
  EXPECT_EQ(made, before + 1);
}

TEST_F(AnHttpServer, EndsWithItsConnections) {
  serve();
  Client idle(port());
  Client half(port());
  half.say("GET /met");
  EXPECT_EQ(get(port(), "/health").status, 200);
  server_.reset();
  EXPECT_TRUE(idle.is_closed_within(1s));
  EXPECT_TRUE(half.is_closed_within(1s));
}

TEST(HttpServer, ListensOnIpv6Too) {
  Daemon daemon;
  const auto started = HttpServer::start({.address = "::1", .port = 0}, daemon.sources());
  if (!started) GTEST_SKIP() << started.error().message;  // A machine without it.
  EXPECT_NE((*started)->port(), 0);
}

TEST(HttpServer, RefusesAddressesThatOthersReach) {
  Daemon daemon;
  for (const auto* address : {"0.0.0.0", "::", "192.0.2.7", "::ffff:192.0.2.7"}) {
    const auto started = HttpServer::start({.address = address, .port = 0}, daemon.sources());
    ASSERT_FALSE(started) << address;
    EXPECT_EQ(started.error().code, ErrorCode::kInvalid);
    EXPECT_THAT(started.error().message, HasSubstr("allow_remote"));
    EXPECT_THAT(started.error().message, HasSubstr(address));
  }
  EXPECT_TRUE(HttpServer::start({.address = "127.0.0.2", .port = 0}, daemon.sources()));
  EXPECT_TRUE(HttpServer::start({.address = "0.0.0.0", .port = 0, .allow_remote = true}, daemon.sources()));
}

TEST(HttpServer, SaysWhyItCannotListen) {
  Daemon daemon;
  const auto nonsense = HttpServer::start({.address = "localhost", .port = 0}, daemon.sources());
  ASSERT_FALSE(nonsense);
  EXPECT_EQ(nonsense.error().code, ErrorCode::kInvalid);
  const auto first = HttpServer::start({.port = 0}, daemon.sources());
  ASSERT_TRUE(first);
  const auto second = HttpServer::start({.port = (*first)->port()}, daemon.sources());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kUnavailable);
  EXPECT_THAT(second.error().message, HasSubstr("in use"));
}

TEST(HttpServer, AnswersAnErrorWhenASourceFails) {
  Daemon daemon;
  Sources sources = daemon.sources();
  std::atomic<bool> fails = true;
  sources.engines = [&]() -> std::vector<telemetry::EngineStatus> {
    if (fails) throw std::runtime_error("no engines today");
    return {};
  };
  const auto started = HttpServer::start({.port = 0, .keep = milliseconds(0)}, sources);
  ASSERT_TRUE(started);
  const Reply reply = get((*started)->port(), "/health");
  EXPECT_EQ(reply.status, 500);
  EXPECT_TRUE(json::parse(reply.body).contains("error"));
  fails = false;
  EXPECT_EQ(get((*started)->port(), "/health").status, 200);
}

}  // namespace
}  // namespace parley::control::testing
