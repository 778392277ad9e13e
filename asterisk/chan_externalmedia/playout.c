/* SPDX-License-Identifier: GPL-2.0-only */
#include "playout.h"

#include <stdlib.h>
#include <string.h>

int em_playout_init(struct em_playout *playout, unsigned int prime, unsigned int cap, em_mark_answer answer, void *owner)
{
	memset(playout, 0, sizeof(*playout));
	playout->frames = malloc((size_t) cap * EM_AUDIO_BYTES);
	playout->prime = prime;
	playout->cap = cap;
	playout->answer = answer;
	playout->owner = owner;
	return playout->frames ? 0 : -1;
}

void em_playout_free(struct em_playout *playout)
{
	free(playout->frames);
	playout->frames = NULL;
}

static void answer_due_marks(struct em_playout *playout, int flushed)
{
	while (playout->mark_count > 0 && playout->marks[playout->mark_head].due <= playout->removed) {
		uint32_t id = playout->marks[playout->mark_head].id;

		playout->mark_head = (playout->mark_head + 1) % EM_MARKS_MAX;
		playout->mark_count--;
		playout->answer(playout->owner, id, flushed);
	}
}

static void remove_oldest(struct em_playout *playout, int flushed)
{
	playout->head = (playout->head + 1) % playout->cap;
	playout->count--;
	playout->removed++;
	answer_due_marks(playout, flushed);
}

void em_playout_push(struct em_playout *playout, const unsigned char *frame)
{
	unsigned int slot;

	if (playout->count == playout->cap) {
		playout->overflowed++;
		remove_oldest(playout, 1);
	}
	slot = (playout->head + playout->count) % playout->cap;
	memcpy(playout->frames + (size_t) slot * EM_AUDIO_BYTES, frame, EM_AUDIO_BYTES);
	playout->count++;
}

int em_playout_mark(struct em_playout *playout, uint32_t id)
{
	unsigned int slot;

	if (playout->mark_count == EM_MARKS_MAX) {
		return -1;
	}
	slot = (playout->mark_head + playout->mark_count) % EM_MARKS_MAX;
	playout->marks[slot].id = id;
	playout->marks[slot].due = playout->removed + playout->count;
	playout->mark_count++;
	answer_due_marks(playout, 0);
	return 0;
}

void em_playout_flush(struct em_playout *playout)
{
	playout->flushed += playout->count;
	while (playout->count > 0) {
		remove_oldest(playout, 1);
	}
	playout->running = 0;
	playout->waited = 0;
}

/* Whether this tick plays a frame: priming ends when enough wait, or when the first has waited long enough. */
static int ready(struct em_playout *playout)
{
	if (playout->count == 0) {
		if (playout->running) {
			playout->underruns++;
		}
		playout->running = 0;
		playout->waited = 0;
	} else if (!playout->running) {
		playout->running = playout->count >= playout->prime || playout->waited >= playout->prime;
		playout->waited++;
	}
	return playout->running;
}

int em_playout_pop(struct em_playout *playout, unsigned char *out)
{
	if (!ready(playout)) {
		memset(out, 0, EM_AUDIO_BYTES);
		playout->silence++;
		return 0;
	}
	memcpy(out, playout->frames + (size_t) playout->head * EM_AUDIO_BYTES, EM_AUDIO_BYTES);
	playout->played++;
	remove_oldest(playout, 0);
	return 1;
}
