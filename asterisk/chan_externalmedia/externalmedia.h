/* SPDX-License-Identifier: GPL-2.0-only */
/* What the Asterisk side of the module shares between its files. */
#ifndef EXTERNALMEDIA_H
#define EXTERNALMEDIA_H

#include "asterisk.h"

#include "asterisk/channel.h"
#include "asterisk/timing.h"

#include "leg.h"

#define EM_NAME_MAX 80		/* session and leg, with the terminating zero */
#define EM_LANGUAGE_MAX 36
#define EM_CATCH_UP 5		/* frames at most for one tick, after Asterisk was held up */

/* Which leg of which call this is; empty where nobody has said. */
struct em_identity {
	char session[EM_NAME_MAX];
	char leg[EM_NAME_MAX];
	char speaks[EM_LANGUAGE_MAX];
	char hears[EM_LANGUAGE_MAX];
};

/* One ExternalMedia channel. Guarded by the channel lock. */
struct em_channel {
	struct em_leg leg;
	struct ast_channel *owner;	/* fixup() keeps it right; the channel outlives us */
	struct ast_timer *timer;
	int watched_fd;			/* the socket that Asterisk polls for us, or -1 */
	int answered;
	int end_announced;
	int64_t created_ms;
	int64_t clock_ms;		/* when the next frame is due; 0 before the first */
	uint64_t skipped;		/* ticks at which nothing was played because Asterisk was held up for too long */

	struct em_identity identity;
	struct em_identity requestor;	/* what the channel that dialled says, where the identity is silent */

	struct ast_frame frames[EM_CATCH_UP];
	unsigned char audio[EM_CATCH_UP][AST_FRIENDLY_OFFSET + EM_AUDIO_BYTES];
};

/* Sums over all channels since the module was loaded, the living ones not included. */
struct em_totals {
	uint64_t channels;
	uint64_t received;
	uint64_t played;
	uint64_t trimmed;
	uint64_t overflowed;
	uint64_t skipped;
	uint64_t sent;
	uint64_t send_dropped;
	uint64_t reconnects;
	uint64_t errors;
};

int64_t em_now_ms(void);
const struct ast_channel_tech *em_channel_tech(void);

/* identity.c: what is still empty is filled. */
/* "[session][/leg]"; "-" is an empty session, for ARI, which does not take an empty endpoint. -1 when it is too long. */
int em_identity_from_destination(struct em_identity *identity, const char *destination);
/* From the PARLEY_* variables of a channel, which is locked. */
void em_identity_from_variables(struct em_identity *identity, struct ast_channel *chan);
void em_identity_from_identity(struct em_identity *identity, const struct em_identity *other);

/* pacing.c: the frames that are due at a tick, as a list in the channel's own memory; the core copies what it keeps. */
struct ast_frame *em_play_due(struct em_channel *channel, int64_t now_ms);

/* totals.c */
void em_totals_get(struct em_totals *totals);
void em_totals_add(struct em_totals *totals, const struct em_channel *channel);
/* For a channel that ends: it goes into what em_totals_get() gives. */
void em_totals_keep(const struct em_channel *channel);

/* externalmedia.conf. A reload changes what new channels get; those that exist keep what they have. */
int em_settings_load(int reload);
void em_settings_get(struct em_options *options);

/* hello.c: the JSON of a hello. `out` has room for `size` bytes; 0 when it does not fit. */
size_t em_hello_write(const struct em_channel *channel, unsigned int reconnect, char *out, size_t size);

/* cli.c */
void em_cli_register(void);
void em_cli_unregister(void);

#endif
