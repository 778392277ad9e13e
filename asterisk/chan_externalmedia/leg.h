/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One leg of a call as the media server sees it: the connection with its losses and reconnections, what waits to be sent,
 * what waits to be played. Plain C. Nothing blocks; times are milliseconds of a monotonic clock that the caller reads.
 * Not thread-safe: the channel lock guards it.
 */
#ifndef EXTERNALMEDIA_LEG_H
#define EXTERNALMEDIA_LEG_H

#include <sys/un.h>

#include "playout.h"
#include "sendqueue.h"
#include "wire.h"

#define EM_SOCKET_MAX sizeof(((struct sockaddr_un *) 0)->sun_path)

struct em_options {
	char socket[EM_SOCKET_MAX];
	unsigned int connect_timeout_ms;	/* for the first connection, while the server's backlog is full */
	struct em_playout_limits playout;
	unsigned int send_frames;
	int continue_after_loss;		/* else the leg ends when the server stays away */
};

enum em_leg_state {
	EM_LEG_IDLE,
	EM_LEG_CONNECTING,	/* the first connection is being made */
	EM_LEG_OPEN,
	EM_LEG_LOST,		/* silence; em_leg_tick() connects again */
	EM_LEG_SILENT,		/* silence for good, after a protocol error */
	EM_LEG_ENDED,		/* hang up: see `cause` */
};

enum em_leg_cause {
	EM_CAUSE_NORMAL = 16,		/* Q.850; a server's hangup may carry any other */
	EM_CAUSE_OUT_OF_ORDER = 27,	/* the server is not there, or stayed away */
	EM_CAUSE_PROTOCOL = 111,	/* the server sent what it must not */
};

struct em_leg_events {
	/* Writes the hello for a connection; returns its length, at most `size`, or 0 when it cannot. */
	size_t (*hello)(void *owner, unsigned int reconnect, char *out, size_t size);
	/* The server presses a key. */
	void (*digit)(void *owner, char digit);
	/* Something an operator should read, once per event, never once per frame. */
	void (*note)(void *owner, const char *text);
};

struct em_leg {
	const struct em_leg_events *events;
	void *owner;
	struct em_options options;

	enum em_leg_state state;
	int cause;
	int fd;				/* -1 while there is no connection */
	int64_t deadline_ms;		/* CONNECTING: when to give up; LOST: when the next attempt is due */
	int64_t knock_ms;		/* LOST: when to see whether the server is there before that */
	int64_t opened_ms;
	unsigned int attempts;		/* since the connection was last stable */
	unsigned int reconnects;

	struct em_parser parser;
	struct em_sendqueue send;
	struct em_playout playout;

	uint64_t received;		/* audio frames from the server */
	uint64_t digits_sent;
	uint64_t digits_received;
	uint64_t marks;
	uint64_t flushes;
	uint64_t unknown;		/* messages of unknown types, skipped */
	uint64_t errors;		/* protocol errors */
};

/* -1 when there is no memory; then there is nothing to free. */
int em_leg_init(struct em_leg *leg, const struct em_options *options, const struct em_leg_events *events, void *owner);

/* Closes the connection, with a hangup message if there is one, and frees what the leg holds. Twice does no harm. */
void em_leg_free(struct em_leg *leg);

/* Begins to connect. Afterwards the state is OPEN, CONNECTING (ticks go on with it) or ENDED. */
void em_leg_start(struct em_leg *leg, int64_t now_ms);

/* The socket is readable: takes what is there, within limits. */
void em_leg_receive(struct em_leg *leg, int64_t now_ms);

/* Every 20 ms: connects again when it is time, and writes what waits. */
void em_leg_tick(struct em_leg *leg, int64_t now_ms);

/* What the party said: s16le, mono, 16 kHz, any even number of bytes. */
void em_leg_audio(struct em_leg *leg, const unsigned char *bytes, size_t length, int64_t now_ms);

/* The party pressed a key. */
void em_leg_digit(struct em_leg *leg, char digit, int64_t now_ms);

const char *em_leg_state_name(enum em_leg_state state);

#endif
