/* SPDX-License-Identifier: GPL-2.0-only */
#include "externalmedia.h"

#include "asterisk/lock.h"

AST_MUTEX_DEFINE_STATIC(totals_lock);
static struct em_totals totals;

void em_totals_get(struct em_totals *out)
{
	ast_mutex_lock(&totals_lock);
	*out = totals;
	ast_mutex_unlock(&totals_lock);
}

void em_totals_keep(const struct em_channel *channel)
{
	ast_mutex_lock(&totals_lock);
	em_totals_add(&totals, channel);
	ast_mutex_unlock(&totals_lock);
}

void em_totals_add(struct em_totals *sum, const struct em_channel *channel)
{
	const struct em_leg *leg = &channel->leg;

	sum->channels++;
	sum->received += leg->received;
	sum->played += leg->playout.played;
	sum->trimmed += leg->playout.trimmed;
	sum->overflowed += leg->playout.overflowed;
	sum->skipped += channel->skipped;
	sum->sent += leg->send.audio_sent;
	sum->send_dropped += leg->send.audio_dropped;
	sum->reconnects += leg->reconnects;
	sum->errors += leg->errors;
}
