/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the server has sent and the phone has not heard yet: a bounded queue of 20 ms frames with marks between them.
 * It starts when `prime` frames wait (or the first has waited that long), gives silence when empty and then primes again,
 * and drops the oldest frame when it is full. Not thread-safe: the channel lock guards it.
 */
#ifndef EXTERNALMEDIA_PLAYOUT_H
#define EXTERNALMEDIA_PLAYOUT_H

#include "wire.h"

#define EM_MARKS_MAX 64

/* A mark's audio has been played (flushed = 0), or was thrown away (flushed = 1). */
typedef void (*em_mark_answer)(void *owner, uint32_t id, int flushed);

struct em_playout {
	unsigned char *frames;		/* `cap` slots of EM_AUDIO_BYTES */
	unsigned int cap;
	unsigned int prime;
	unsigned int head;		/* slot of the oldest frame */
	unsigned int count;
	unsigned int waited;		/* ticks since the first frame came, while not running */
	int running;
	uint64_t removed;		/* frames taken out since the start, by whatever way */

	struct {
		uint32_t id;
		uint64_t due;		/* answered when `removed` reaches this */
	} marks[EM_MARKS_MAX];
	unsigned int mark_head;
	unsigned int mark_count;
	em_mark_answer answer;
	void *owner;

	uint64_t played;		/* frames */
	uint64_t silence;		/* frames of silence played */
	uint64_t overflowed;		/* frames dropped because the queue was full */
	uint64_t flushed;		/* frames dropped because the server said so, or was lost */
	uint64_t underruns;		/* times the queue ran empty while it played */
};

/* Depths are in frames, 1 <= prime <= cap. -1 when there is no memory. */
int em_playout_init(struct em_playout *playout, unsigned int prime, unsigned int cap, em_mark_answer answer, void *owner);
void em_playout_free(struct em_playout *playout);

void em_playout_push(struct em_playout *playout, const unsigned char *frame);

/* -1 when EM_MARKS_MAX marks already wait. A mark that finds nothing before it is answered before this returns. */
int em_playout_mark(struct em_playout *playout, uint32_t id);

/* Throws away all frames and answers all marks as flushed. */
void em_playout_flush(struct em_playout *playout);

/* Writes the next 20 ms, EM_AUDIO_BYTES, silence if need be. Returns whether it was a frame of the server's. */
int em_playout_pop(struct em_playout *playout, unsigned char *out);

#endif
