/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the server has sent and the phone has not heard yet: a jitter buffer of 20 ms frames with marks between them.
 *
 * It starts when `target` frames wait (or the first has waited that long) and gives silence when it is empty. The target
 * begins at `prime`, grows by a frame, up to `depth`, each time a frame comes too late, and shrinks again in calm. After a
 * stall more than the target waits; that is kept, for it is speech, and the surplus is taken out gently: in pauses first,
 * by fading two frames into one. Beyond `cap` the oldest is dropped. docs/decisions/0012-playout-in-the-driver.md.
 * Not thread-safe: the channel lock guards it.
 */
#ifndef EXTERNALMEDIA_PLAYOUT_H
#define EXTERNALMEDIA_PLAYOUT_H

#include "wire.h"

#define EM_MARKS_MAX 64

/* In frames, 1 <= prime <= depth <= cap. */
struct em_playout_limits {
	unsigned int prime;
	unsigned int depth;
	unsigned int cap;
};

/* A mark's audio has been played (flushed = 0), or was thrown away (flushed = 1). */
typedef void (*em_mark_answer)(void *owner, uint32_t id, int flushed);

struct em_playout {
	struct em_playout_limits limits;
	unsigned char *frames;		/* `cap` slots of EM_AUDIO_BYTES */
	unsigned int head;		/* slot of the oldest frame */
	unsigned int count;
	unsigned int target;		/* how many should wait when a frame is played */
	unsigned int waited;		/* ticks since the first frame came, while not running */
	unsigned int dry;		/* ticks since the queue ran empty; 0: it did not, or it has filled again */
	unsigned int calm;		/* ticks played since a frame was late or the target shrank … */
	unsigned int least;		/* … and how few waited meanwhile */
	unsigned int above;		/* ticks in a row with more than the target */
	unsigned int since_trim;	/* ticks since a frame was taken out */
	unsigned int hurry;		/* ticks for which pauses that piled up are skipped whole */
	unsigned int loudness;		/* of what was played in the last seconds, mean amplitude */
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
	uint64_t trimmed;		/* frames faded into the next one, to catch up */
	uint64_t flushed;		/* frames dropped because the server said so, or was lost */
	uint64_t underruns;		/* times the queue ran empty while it played */
	uint64_t late;			/* of them, those that a frame followed soon: it had come too late */
};

/* -1 when there is no memory. */
int em_playout_init(struct em_playout *playout, const struct em_playout_limits *limits, em_mark_answer answer, void *owner);
void em_playout_free(struct em_playout *playout);

void em_playout_push(struct em_playout *playout, const unsigned char *frame);

/* -1 when EM_MARKS_MAX marks already wait. A mark that finds nothing before it is answered before this returns. */
int em_playout_mark(struct em_playout *playout, uint32_t id);

/* Throws away all frames and answers all marks as flushed. */
void em_playout_flush(struct em_playout *playout);

/* Who set the marks is gone: nobody waits for their answers. The frames stay, and are played. */
void em_playout_forget_marks(struct em_playout *playout);

/* Nothing was played for a while, for this side stood still: the silence that piled up meanwhile is not worth hearing. */
void em_playout_held_up(struct em_playout *playout);

/* Writes the next 20 ms, EM_AUDIO_BYTES, silence if need be. Returns whether it was the server's. */
int em_playout_pop(struct em_playout *playout, unsigned char *out);

#endif
