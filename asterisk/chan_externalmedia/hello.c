/* SPDX-License-Identifier: GPL-2.0-only */
#include "externalmedia.h"

#include "asterisk/json.h"
#include "asterisk/strings.h"
#include "asterisk/utf8.h"

#define TEXT_MAX 512

/* JSON takes valid UTF-8 only, a caller's name may be anything. */
static const char *clean(const char *text, char *out)
{
	size_t room = TEXT_MAX;

	text = S_OR(text, "");
	ast_utf8_replace_invalid_chars(out, &room, text, strlen(text));
	return out;
}

size_t em_hello_write(const struct em_channel *channel, unsigned int reconnect, char *out, size_t size)
{
	/* On a channel that Asterisk called, the connected line is whoever it is connected with: the party on this leg. */
	const struct ast_party_id *party = &ast_channel_connected(channel->owner)->id;
	char texts[8][TEXT_MAX];
	struct ast_json *hello;
	char *dump;
	size_t length = 0;

	hello = ast_json_pack("{s:i, s:s, s:s, s:s, s:s, s:{s:s, s:s}, s:s, s:s, s:s, s:i}",
		"protocol", EM_PROTOCOL_VERSION,
		"channel", clean(ast_channel_uniqueid(channel->owner), texts[0]),
		"name", clean(ast_channel_name(channel->owner), texts[1]),
		"session", clean(channel->identity.session, texts[2]),
		"leg", clean(channel->identity.leg, texts[3]),
		"caller",
			"number", clean(S_COR(party->number.valid, party->number.str, ""), texts[4]),
			"name", clean(S_COR(party->name.valid, party->name.str, ""), texts[5]),
		"speaks", clean(channel->identity.speaks, texts[6]),
		"hears", clean(channel->identity.hears, texts[7]),
		"codec", "slin16",
		"reconnect", (int) reconnect);
	dump = hello ? ast_json_dump_string(hello) : NULL;
	if (dump && strlen(dump) < size) {
		length = strlen(dump);
		memcpy(out, dump, length + 1);
	}
	ast_json_free(dump);
	ast_json_unref(hello);
	return length;
}
