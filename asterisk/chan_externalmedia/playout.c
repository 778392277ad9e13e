/* SPDX-License-Identifier: GPL-2.0-only */
#include "playout.h"

#include <stdlib.h>
#include <string.h>

/* docs/decisions/0012-playout-in-the-driver.md says where these come from. */
#define LATE_TICKS 10		/* 200 ms: a frame that comes later than this after the last was not late, the server had paused */
#define CALM_TICKS 500		/* 10 s without a late frame: a frame less may be enough */
#define SETTLE_TICKS 10		/* 200 ms: a surplus that lasts so long is no jitter */
#define PAUSE_SPACING 3		/* in a pause, one frame in three is taken out: the pause is a third shorter */
#define PATIENCE_TICKS 100	/* 2 s without a pause: speech must give way … */
#define SPEECH_SPACING 10	/* … one frame in ten: a tenth faster */
#define HURRY_TICKS 50		/* 1 s: what piled up while this side stood still has come by then */
#define QUIET 100		/* mean amplitude, about -50 dBFS: a pause in any case … */
#define QUIET_RATIO 8		/* … and 18 dB below what was heard lately: a pause in a noisy room */

int em_playout_init(struct em_playout *playout, const struct em_playout_limits *limits, em_mark_answer answer, void *owner)
{
	memset(playout, 0, sizeof(*playout));
	playout->limits = *limits;
	playout->frames = malloc((size_t) limits->cap * EM_AUDIO_BYTES);
	playout->target = limits->prime;
	playout->least = limits->cap;
	playout->answer = answer;
	playout->owner = owner;
	return playout->frames ? 0 : -1;
}

void em_playout_free(struct em_playout *playout)
{
	free(playout->frames);
	playout->frames = NULL;
}

static unsigned char *frame_at(const struct em_playout *playout, unsigned int index)
{
	return playout->frames + (size_t) ((playout->head + index) % playout->limits.cap) * EM_AUDIO_BYTES;
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
	playout->head = (playout->head + 1) % playout->limits.cap;
	playout->count--;
	playout->removed++;
	answer_due_marks(playout, flushed);
}

static void restart_calm(struct em_playout *playout)
{
	playout->calm = 0;
	playout->least = playout->limits.cap;
}

void em_playout_push(struct em_playout *playout, const unsigned char *frame)
{
	if (playout->dry > 0 && playout->dry <= LATE_TICKS) {
		playout->late++;
		if (playout->target < playout->limits.depth) {
			playout->target++;
		}
		restart_calm(playout);
	}
	playout->dry = 0;
	if (playout->count == playout->limits.cap) {
		playout->overflowed++;
		remove_oldest(playout, 1);
	}
	memcpy(frame_at(playout, playout->count), frame, EM_AUDIO_BYTES);
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
	playout->dry = 0;
	playout->above = 0;
}

void em_playout_forget_marks(struct em_playout *playout)
{
	playout->mark_count = 0;
}

static void found_empty(struct em_playout *playout)
{
	if (playout->running) {
		playout->underruns++;
		playout->dry = 1;
	} else if (playout->dry > 0 && playout->dry <= LATE_TICKS) {
		playout->dry++;
	}
	playout->running = 0;
	playout->waited = 0;
	playout->above = 0;
}

/* Whether this tick plays a frame: priming ends when enough wait, or when the first has waited long enough. */
static int ready(struct em_playout *playout)
{
	if (playout->count == 0) {
		found_empty(playout);
	} else if (!playout->running) {
		playout->running = playout->count >= playout->target || playout->waited >= playout->target;
		playout->waited++;
	}
	return playout->running;
}

/* One frame less is enough when the queue had at least two at every tick of ten seconds. */
static void shrink_in_calm(struct em_playout *playout)
{
	if (playout->count < playout->least) {
		playout->least = playout->count;
	}
	if (++playout->calm < CALM_TICKS) {
		return;
	}
	if (playout->least > 1 && playout->target > playout->limits.prime) {
		playout->target--;
	}
	restart_calm(playout);
}

static unsigned int mean_amplitude(const unsigned char *frame)
{
	int16_t samples[EM_AUDIO_SAMPLES];
	unsigned int sum = 0;

	memcpy(samples, frame, EM_AUDIO_BYTES);
	for (int i = 0; i < EM_AUDIO_SAMPLES; i++) {
		sum += (unsigned int) abs(samples[i]);
	}
	return sum / EM_AUDIO_SAMPLES;
}

static int is_quiet(const struct em_playout *playout, unsigned int amplitude)
{
	return amplitude <= QUIET || amplitude * QUIET_RATIO <= playout->loudness;
}

void em_playout_held_up(struct em_playout *playout)
{
	playout->hurry = HURRY_TICKS;
}

static void skip_silence(struct em_playout *playout)
{
	while (playout->count > playout->target && is_quiet(playout, mean_amplitude(frame_at(playout, 0)))) {
		playout->trimmed++;
		remove_oldest(playout, 0);
	}
}

/* Whether this tick should take out a frame: more than the target has waited for a while, and now is a good moment. */
static int should_trim(struct em_playout *playout)
{
	unsigned int amplitude = mean_amplitude(frame_at(playout, 0));

	playout->loudness -= playout->loudness / 128;	/* halves in about two seconds */
	if (amplitude > playout->loudness) {
		playout->loudness = amplitude;
	}
	playout->above = playout->count > playout->target ? playout->above + 1 : 0;
	playout->since_trim++;
	if (playout->above < SETTLE_TICKS || playout->since_trim < PAUSE_SPACING) {
		return 0;
	}
	if (is_quiet(playout, amplitude) && is_quiet(playout, mean_amplitude(frame_at(playout, 1)))) {
		return 1;
	}
	return playout->above >= PATIENCE_TICKS && playout->since_trim >= SPEECH_SPACING;
}

static void fade(unsigned char *out, const unsigned char *from, const unsigned char *to)
{
	int16_t before[EM_AUDIO_SAMPLES];
	int16_t after[EM_AUDIO_SAMPLES];

	memcpy(before, from, EM_AUDIO_BYTES);
	memcpy(after, to, EM_AUDIO_BYTES);
	for (int i = 0; i < EM_AUDIO_SAMPLES; i++) {
		before[i] = (int16_t) ((before[i] * (EM_AUDIO_SAMPLES - i) + after[i] * i) / EM_AUDIO_SAMPLES);
	}
	memcpy(out, before, EM_AUDIO_BYTES);
}

int em_playout_pop(struct em_playout *playout, unsigned char *out)
{
	if (!ready(playout)) {
		memset(out, 0, EM_AUDIO_BYTES);
		playout->silence++;
		return 0;
	}
	shrink_in_calm(playout);
	if (playout->hurry > 0) {
		playout->hurry--;
		skip_silence(playout);
	}
	if (should_trim(playout)) {
		fade(out, frame_at(playout, 0), frame_at(playout, 1));
		playout->trimmed++;
		playout->since_trim = 0;
		remove_oldest(playout, 0);
	} else {
		memcpy(out, frame_at(playout, 0), EM_AUDIO_BYTES);
	}
	playout->played++;
	remove_oldest(playout, 0);
	return 1;
}
