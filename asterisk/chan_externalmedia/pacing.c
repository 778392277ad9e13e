/* SPDX-License-Identifier: GPL-2.0-only */
#include "externalmedia.h"

#include "asterisk/format_cache.h"

/* How many frames are due at a tick: 1, but 0 or more when ticks come early or late. Keeps the average at exactly 50 a second. */
static unsigned int frames_due(struct em_channel *channel, int64_t now_ms)
{
	int64_t behind;
	unsigned int due;

	if (!channel->clock_ms) {
		channel->clock_ms = now_ms;
	}
	behind = now_ms + EM_FRAME_MS / 2 - channel->clock_ms;
	if (behind < 0) {
		return 0;
	}
	due = (unsigned int) (behind / EM_FRAME_MS) + 1;
	channel->clock_ms += (int64_t) due * EM_FRAME_MS;
	return due;
}

static struct ast_frame *play(struct em_channel *channel, unsigned int index)
{
	struct ast_frame *frame = &channel->frames[index];

	memset(frame, 0, sizeof(*frame));
	frame->frametype = AST_FRAME_VOICE;
	frame->subclass.format = ast_format_slin16;
	frame->samples = EM_AUDIO_SAMPLES;
	frame->src = "ExternalMedia";
	AST_FRAME_SET_BUFFER(frame, channel->audio[index], AST_FRIENDLY_OFFSET, EM_AUDIO_BYTES);
	em_playout_pop(&channel->leg.playout, frame->data.ptr);
	return frame;
}

struct ast_frame *em_play_due(struct em_channel *channel, int64_t now_ms)
{
	unsigned int due = frames_due(channel, now_ms);
	struct ast_frame *first = &ast_null_frame;
	struct ast_frame *last = NULL;

	/* Held up for long: what should have been heard meanwhile is heard now. It waits, and the playout catches up. */
	if (due > EM_CATCH_UP) {
		channel->skipped += due - EM_CATCH_UP;
		due = EM_CATCH_UP;
		em_playout_held_up(&channel->leg.playout);
	}
	for (unsigned int i = 0; i < due; i++) {
		struct ast_frame *frame = play(channel, i);

		if (last) {
			AST_LIST_NEXT(last, frame_list) = frame;
		} else {
			first = frame;
		}
		last = frame;
	}
	return first;
}
