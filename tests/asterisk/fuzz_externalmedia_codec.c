/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whatever a server sends, in whatever portions: the parser gives the same messages as when it comes in one piece, and
 * the playout queue keeps its bounds. The first byte of the input sizes the portions, the rest is the stream.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "playout.h"
#include "wire.h"

#define CHECK(condition) \
  do {                   \
    if (!(condition)) {  \
      abort();           \
    }                    \
  } while (0)

struct digest {
  uint64_t hash;
  unsigned int messages;
  unsigned int unknown;
  int failed;
};

static void mix(struct digest* digest, const void* bytes, size_t length) {
  for (size_t i = 0; i < length; i++) {
    digest->hash = (digest->hash ^ ((const unsigned char*)bytes)[i]) * 1099511628211u;
  }
}

static void on_mark(void* owner, uint32_t id, int flushed) {
  unsigned int* answers = owner;

  (void)id;
  CHECK(flushed == 0 || flushed == 1);
  ++*answers;
}

static void play(struct em_playout* playout, const struct em_message* message) {
  unsigned char frame[EM_AUDIO_BYTES];

  switch (message->type) {
    case EM_AUDIO: em_playout_push(playout, message->payload); break;
    case EM_MARK: em_playout_mark(playout, em_read_u32(message->payload)); break;
    case EM_FLUSH:
      em_playout_flush(playout);
      CHECK(playout->count == 0 && playout->mark_count == 0);
      break;
    case EM_DTMF: /* stands for a tick here */ em_playout_pop(playout, frame); break;
  }
  CHECK(playout->count <= playout->limits.cap);
  CHECK(playout->target >= playout->limits.prime && playout->target <= playout->limits.depth);
  CHECK(playout->mark_count <= EM_MARKS_MAX);
}

static struct digest parse(const uint8_t* data, size_t size, size_t portion) {
  static struct em_parser parser;
  struct digest digest = {.hash = 14695981039346656037u};
  const struct em_playout_limits limits = {.prime = 2, .depth = 4, .cap = 5};
  struct em_playout playout;
  struct em_message message;
  unsigned int answers = 0;

  em_parser_reset(&parser);
  CHECK(em_playout_init(&playout, &limits, on_mark, &answers) == 0);
  while (size > 0 && !digest.failed) {
    size_t room;
    unsigned char* space = em_parser_space(&parser, &room);
    size_t take = portion < size ? portion : size;
    enum em_parse result;

    CHECK(room >= EM_PAYLOAD_MAX);
    take = take < room ? take : room;
    memcpy(space, data, take);
    em_parser_filled(&parser, take);
    data += take;
    size -= take;
    while ((result = em_parser_next(&parser, &message)) != EM_PARSE_MORE && result != EM_PARSE_ERROR) {
      digest.messages++;
      digest.unknown += result == EM_PARSE_UNKNOWN;
      mix(&digest, &message.type, 1);
      mix(&digest, message.payload, message.length);
      if (result == EM_PARSE_MESSAGE) {
        play(&playout, &message);
      }
    }
    digest.failed = result == EM_PARSE_ERROR;
    CHECK(!digest.failed || parser.error);
  }
  em_playout_flush(&playout);
  em_playout_free(&playout);
  return digest;
}

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  struct digest whole;
  struct digest cut;

  if (size < 1) {
    return 0;
  }
  whole = parse(data + 1, size - 1, size);
  cut = parse(data + 1, size - 1, 1 + data[0]);
  CHECK(whole.hash == cut.hash);
  CHECK(whole.messages == cut.messages && whole.unknown == cut.unknown && whole.failed == cut.failed);
  return 0;
}
