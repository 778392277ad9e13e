/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What waits to be written to the server. A stream socket may take a part of a message: the rest goes first next time.
 * Audio is bounded, the oldest dropped; control messages keep their place and are never dropped or split; hello goes
 * before everything. What has not been sent outlives the connection, so that a server that restarts gets it.
 * Not thread-safe: the channel lock guards it.
 */
#ifndef EXTERNALMEDIA_SENDQUEUE_H
#define EXTERNALMEDIA_SENDQUEUE_H

#include "wire.h"

#define EM_SEND_CONTROL_MAX 128	/* control messages that can wait: a server that lets more pile up does not read */
#define EM_SEND_AUDIO_MAX 100	/* frames, 2 s */
#define EM_SEND_ENTRIES (EM_SEND_CONTROL_MAX + EM_SEND_AUDIO_MAX)
#define EM_SEND_AUDIO_MESSAGE (EM_HEADER_BYTES + EM_AUDIO_BYTES)

struct em_send_entry {
	uint8_t audio;			/* 1: the message is in `slot`, 0: it is in `control` */
	uint8_t slot;
	uint8_t length;			/* of `control` */
	unsigned char control[EM_HEADER_BYTES + EM_CONTROL_MAX];
};

struct em_sendqueue {
	struct em_send_entry entries[EM_SEND_ENTRIES];
	unsigned int head;
	unsigned int count;
	unsigned char *slots;		/* `audio_cap` messages */
	uint8_t free_slots[EM_SEND_AUDIO_MAX];
	unsigned int free_count;
	unsigned int audio_cap;
	size_t sent;			/* bytes of the oldest entry that the socket has taken */

	unsigned char hello[EM_HEADER_BYTES + EM_PAYLOAD_MAX];
	size_t hello_length;		/* 0: none waits */
	size_t hello_sent;

	unsigned char partial[EM_AUDIO_BYTES];	/* audio that does not fill a frame yet */
	size_t partial_length;

	uint64_t audio_sent;		/* frames the socket has taken */
	uint64_t audio_dropped;		/* frames dropped because the queue was full */
};

/* audio_cap: frames, 1 to EM_SEND_AUDIO_MAX. -1 when there is no memory. */
int em_sendqueue_init(struct em_sendqueue *queue, unsigned int audio_cap);
void em_sendqueue_free(struct em_sendqueue *queue);

/* For a new connection: hello goes first, a message that was cut off goes again, answers to marks of the old one go away. */
int em_sendqueue_restart(struct em_sendqueue *queue, const char *hello, size_t length);

/* Any even number of bytes of s16le at 16 kHz; leaves as whole 20 ms frames. */
void em_sendqueue_audio(struct em_sendqueue *queue, const unsigned char *bytes, size_t length);

/* -1 when EM_SEND_CONTROL_MAX control messages wait: the server does not read. */
int em_sendqueue_control(struct em_sendqueue *queue, enum em_type type, const unsigned char *payload, size_t length);

/* Writes what the socket takes without blocking. -1 (and errno) when the connection is broken. */
int em_sendqueue_flush(struct em_sendqueue *queue, int fd);

#endif
