/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The messages of the ExternalMedia protocol, as docs/protocol.md defines them. Plain C: nothing here needs Asterisk, so
 * that it can be tested and fuzzed alone.
 */
#ifndef EXTERNALMEDIA_WIRE_H
#define EXTERNALMEDIA_WIRE_H

#include <stddef.h>
#include <stdint.h>

#define EM_PROTOCOL_VERSION 1
#define EM_HEADER_BYTES 3
#define EM_AUDIO_BYTES 640		/* 20 ms of s16le mono at 16 kHz */
#define EM_AUDIO_SAMPLES 320
#define EM_FRAME_MS 20
#define EM_PAYLOAD_MAX 4096		/* a longer message is a protocol error */
#define EM_CONTROL_MAX 4		/* longest payload among the small control messages */

enum em_type {
	EM_HANGUP = 0x00,
	EM_HELLO = 0x01,
	EM_DTMF = 0x03,
	EM_AUDIO = 0x12,
	EM_FLUSH = 0x20,
	EM_MARK = 0x21,
	EM_MARK_FLUSHED = 0x22,
};

struct em_message {
	uint8_t type;
	uint16_t length;
	const unsigned char *payload;	/* valid until the parser is filled again */
};

enum em_parse {
	EM_PARSE_MORE,		/* the rest of a message has not arrived yet */
	EM_PARSE_MESSAGE,	/* a valid message of a known type */
	EM_PARSE_UNKNOWN,	/* a well-formed message of an unknown type: skip it */
	EM_PARSE_ERROR,		/* protocol error: the connection has to be closed */
};

/* Collects bytes as they arrive in any portions. Zero-initialise it for each connection. */
struct em_parser {
	size_t begin;
	size_t end;
	const char *error;	/* after EM_PARSE_ERROR: a sentence for the log */
	unsigned char buffer[16384];
};

void em_parser_reset(struct em_parser *parser);

/* Where the next bytes go; at least EM_PAYLOAD_MAX bytes are free when em_parser_next() has said EM_PARSE_MORE. */
unsigned char *em_parser_space(struct em_parser *parser, size_t *room);
void em_parser_filled(struct em_parser *parser, size_t bytes);

/*
 * The next message that a server sent. Call it until it says EM_PARSE_MORE or EM_PARSE_ERROR; after an error every further
 * call says EM_PARSE_ERROR again.
 */
enum em_parse em_parser_next(struct em_parser *parser, struct em_message *message);

/* Writes a header; `out` has room for EM_HEADER_BYTES. */
void em_write_header(unsigned char *out, enum em_type type, size_t length);

uint32_t em_read_u32(const unsigned char *bytes);
void em_write_u32(unsigned char *bytes, uint32_t value);

/* Whether a byte is one of 0-9 * # A-D. */
int em_is_digit(unsigned char byte);

#endif
