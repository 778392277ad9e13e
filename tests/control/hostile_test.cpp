// SPDX-License-Identifier: GPL-3.0-or-later
#include <dirent.h>

#include <random>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "control/fixture.h"

namespace parley::control::testing {
namespace {

class AHostileClient : public ServedDaemon {
 protected:
  /// Whatever was done to it, it answers others.
  void TearDown() override {
    if (server_) {
      const Reply reply = get_until("/health", [](const Reply& r) { return r.status == 200; });
      EXPECT_EQ(reply.status, 200);
    }
  }
};

TEST_F(AHostileClient, ThatSendsGarbageIsTold) {
  serve();
  for (const std::string_view garbage :
       {"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03 a greeting of TLS\r\n\r\n", "hello\r\n\r\n", "GET\r\n\r\n",
        "\r\n\r\n\r\n\r\n", "GET /metrics HTTP/3.7\r\n\r\n", "GET /health HTTP/1.1\r\nHost: x\r\nbroken header\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", "GET /he alth HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n"}) {
    Client client(port());
    client.say(garbage);
    client.stop_saying();
    const Reply reply = client.hear();
    EXPECT_EQ(reply.status, 400) << garbage;
    EXPECT_TRUE(nlohmann::json::parse(reply.body).contains("error"));
    EXPECT_TRUE(client.is_closed_within(3s)) << garbage;
  }
}

TEST_F(AHostileClient, ThatSendsAnyBytesGetsNothingElse) {
  serve();
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    std::string bytes = round % 2 == 0 ? "" : request("/metrics");
    if (bytes.empty()) bytes.resize(1 + random() % 2000);
    for (int flips = 0; flips < (round % 2 == 0 ? 2000 : 3); ++flips)
      bytes[random() % bytes.size()] = static_cast<char>(random());
    Client client(port());
    client.say(bytes);
    client.stop_saying();
    EXPECT_TRUE(client.is_closed_within(5s)) << round;
  }
}

TEST_F(AHostileClient, ThatSendsAHugeHeaderIsTold) {
  serve();
  Client one_field(port());
  one_field.say(request("/metrics", "GET", "X: " + std::string(100'000, 'x') + "\r\n"));
  EXPECT_EQ(one_field.hear().status, 431);
  EXPECT_TRUE(one_field.is_closed_within(3s));

  std::string fields;
  for (int i = 0; i < 5000; ++i) fields += "A: b\r\n";
  Client many_fields(port());
  many_fields.say(request("/metrics", "GET", fields));
  EXPECT_EQ(many_fields.hear().status, 431);

  Client target(port());
  target.say(request("/" + std::string(100'000, 'x')));
  EXPECT_EQ(target.hear().status, 431);
}

TEST_F(AHostileClient, ThatSendsABodyIsToldAndNotRead) {
  serve();
  Client client(port());
  client.say(request("/metrics", "GET", "Content-Length: 1000000000\r\n"));
  EXPECT_EQ(client.hear().status, 413);
  EXPECT_TRUE(client.is_closed_within(3s));
  Client chunked(port());
  chunked.say(request("/metrics", "POST", "Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n");
  EXPECT_EQ(chunked.hear().status, 405);
  EXPECT_TRUE(chunked.is_closed_within(3s));
  Client smuggler(port());  // What it hides in a body is no second request.
  smuggler.say(request("/metrics", "GET", fmt::format("Content-Length: {}\r\n", request("/health").size())) +
               request("/health"));
  EXPECT_EQ(smuggler.hear().status, 413);
  EXPECT_EQ(smuggler.hear(500ms).status, 0);
}

TEST_F(AHostileClient, ThatNamesNoHostOrTwoIsTold) {
  serve();
  Client none(port());
  none.say("GET /health HTTP/1.1\r\n\r\n");
  EXPECT_EQ(none.hear().status, 400);
  Client two(port());
  two.say(request("/health", "GET", "Host: other\r\n"));
  EXPECT_EQ(two.hear().status, 400);
}

TEST_F(AHostileClient, ThatSpeaksSlowlyIsClosed) {
  serve({.request_timeout = milliseconds(300)});
  Client silent(port());
  Client slow(port());
  const auto began = std::chrono::steady_clock::now();
  std::jthread speaker([&](const std::stop_token& stop) {  // A byte at a time does not win it more.
    for (const char c : request("/metrics", "GET", "X: " + std::string(3000, 'x'))) {
      if (stop.stop_requested() || !slow.say({&c, 1})) return;
      std::this_thread::sleep_for(20ms);
    }
  });
  EXPECT_TRUE(silent.is_closed_within(5s));
  EXPECT_TRUE(slow.is_closed_within(5s));
  EXPECT_LT(std::chrono::steady_clock::now() - began, 5s);
}

TEST_F(AHostileClient, ThatAsksNothingMoreIsClosed) {
  serve({.idle_timeout = milliseconds(300)});
  Client client(port());
  client.say(request("/health"));
  EXPECT_EQ(client.hear().status, 200);
  EXPECT_TRUE(client.is_closed_within(5s));
}

TEST_F(AHostileClient, ThatDoesNotReadIsClosed) {
  serve(
      {.request_timeout = milliseconds(300), .idle_timeout = milliseconds(300), .response_timeout = milliseconds(300)});
  Client client(port());
  std::string many;
  for (int i = 0; i < 20; ++i) many += request("/metrics");
  // Answers pile up until the server may wait no longer; then what is said goes nowhere.
  const auto end = std::chrono::steady_clock::now() + 20s;
  bool broken = false;
  std::jthread speaker([&] {
    while (!broken && std::chrono::steady_clock::now() < end) broken = !client.say(many);
  });
  speaker.join();
  EXPECT_TRUE(broken);
}

TEST_F(AHostileClient, ThatComesTwoHundredTimesLeavesRoomAgain) {
  serve({.max_connections = 64});
  std::vector<Client> crowd;
  for (int i = 0; i < 200; ++i) crowd.emplace_back(port());
  int served = 0;
  int refused = 0;
  for (Client& client : crowd) {
    client.say(request("/health/report"));
    const Reply reply = client.hear(2s);
    served += reply.status == 200 ? 1 : 0;
    refused += reply.status == 503 ? 1 : 0;
    if (reply.status == 503) EXPECT_EQ(reply.fields.at("retry-after"), "1");
  }
  EXPECT_EQ(served, 64);
  EXPECT_GT(refused, 0);
  crowd.clear();
  const Reply metrics = get_until("/metrics", [](const Reply& reply) { return reply.status == 200; });
  EXPECT_GE(series(metrics.body).at("parley_http_connections_refused_total"), 136);
}

TEST_F(AHostileClient, ThatComesAndGoesLeavesNoDescriptors) {
  serve();
  const auto descriptors = [] {
    int count = 0;
    DIR* directory = opendir("/proc/self/fd");
    while (readdir(directory) != nullptr) ++count;
    closedir(directory);
    return count;
  };
  const int before = descriptors();
  for (int i = 0; i < 300; ++i) {
    Client client(port());
    if (i % 3 == 1) client.say("GET /metr");
    if (i % 3 == 2) client.say(request("/metrics"));
  }
  for (int i = 0; i < 100 && descriptors() > before; ++i) std::this_thread::sleep_for(50ms);
  EXPECT_LE(descriptors(), before);
}

}  // namespace
}  // namespace parley::control::testing
