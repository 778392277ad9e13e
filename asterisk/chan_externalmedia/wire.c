/* SPDX-License-Identifier: GPL-2.0-only */
#include "wire.h"

#include <string.h>

void em_parser_reset(struct em_parser *parser)
{
	parser->begin = 0;
	parser->end = 0;
	parser->error = NULL;
}

unsigned char *em_parser_space(struct em_parser *parser, size_t *room)
{
	if (parser->begin > 0) {
		memmove(parser->buffer, parser->buffer + parser->begin, parser->end - parser->begin);
		parser->end -= parser->begin;
		parser->begin = 0;
	}
	*room = sizeof(parser->buffer) - parser->end;
	return parser->buffer + parser->end;
}

void em_parser_filled(struct em_parser *parser, size_t bytes)
{
	parser->end += bytes;
}

int em_is_digit(unsigned char byte)
{
	return byte != '\0' && strchr("0123456789*#ABCD", byte) != NULL;
}

static enum em_parse check(const struct em_message *message, const char **error)
{
	switch (message->type) {
	case EM_HANGUP:
		*error = message->length > 1 ? "a hangup longer than one byte" : NULL;
		break;
	case EM_HELLO:
		*error = "a hello, which is not for a server to send";
		break;
	case EM_DTMF:
		*error = message->length != 1 || !em_is_digit(message->payload[0]) ? "a dtmf that is not one key" : NULL;
		break;
	case EM_AUDIO:
		*error = message->length != EM_AUDIO_BYTES ? "audio that is not 640 bytes" : NULL;
		break;
	case EM_FLUSH:
		*error = message->length != 0 ? "a flush with a payload" : NULL;
		break;
	case EM_MARK:
		*error = message->length != 4 ? "a mark that is not four bytes" : NULL;
		break;
	case EM_MARK_FLUSHED:
		*error = "a mark flushed, which is not for a server to send";
		break;
	default:
		return EM_PARSE_UNKNOWN;
	}
	return *error ? EM_PARSE_ERROR : EM_PARSE_MESSAGE;
}

enum em_parse em_parser_next(struct em_parser *parser, struct em_message *message)
{
	const unsigned char *bytes = parser->buffer + parser->begin;
	size_t have = parser->end - parser->begin;
	enum em_parse result;

	if (parser->error) {
		return EM_PARSE_ERROR;
	}
	if (have < EM_HEADER_BYTES) {
		return EM_PARSE_MORE;
	}
	message->type = bytes[0];
	message->length = (uint16_t) (bytes[1] << 8 | bytes[2]);
	message->payload = bytes + EM_HEADER_BYTES;
	if (message->length > EM_PAYLOAD_MAX) {
		parser->error = "a message longer than 4096 bytes";
		return EM_PARSE_ERROR;
	}
	if (have < EM_HEADER_BYTES + (size_t) message->length) {
		return EM_PARSE_MORE;
	}
	result = check(message, &parser->error);
	if (result != EM_PARSE_ERROR) {
		parser->begin += EM_HEADER_BYTES + message->length;
	}
	return result;
}

void em_write_header(unsigned char *out, enum em_type type, size_t length)
{
	out[0] = (unsigned char) type;
	out[1] = (unsigned char) (length >> 8);
	out[2] = (unsigned char) length;
}

uint32_t em_read_u32(const unsigned char *bytes)
{
	return (uint32_t) bytes[0] << 24 | (uint32_t) bytes[1] << 16 | (uint32_t) bytes[2] << 8 | bytes[3];
}

void em_write_u32(unsigned char *bytes, uint32_t value)
{
	bytes[0] = (unsigned char) (value >> 24);
	bytes[1] = (unsigned char) (value >> 16);
	bytes[2] = (unsigned char) (value >> 8);
	bytes[3] = (unsigned char) value;
}
