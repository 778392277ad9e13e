/* SPDX-License-Identifier: GPL-2.0-only */
#include "externalmedia.h"

#include <inttypes.h>

#include "asterisk/cli.h"
#include "asterisk/strings.h"

#define ROW_HEAD "%-36.36s %-26.26s %-8.8s %-11.11s %-10.10s %6s %8s %8s %6s %6s %6s %6s %6s %6s %8s %6s %5s\n"
#define ROW "%-36.36s %-26.26s %-8.8s %-11.11s %-10.10s %6" PRId64 " %8" PRIu64 " %8" PRIu64 " %6u %6u" \
	" %6" PRIu64 " %6" PRIu64 " %6" PRIu64 " %6" PRIu64 " %8" PRIu64 " %6" PRIu64 " %5u\n"

static void show_channel(int fd, const struct em_channel *channel)
{
	const struct em_leg *leg = &channel->leg;
	const struct em_identity *who = &channel->identity;
	char languages[2 * EM_LANGUAGE_MAX + 1];

	snprintf(languages, sizeof(languages), "%s>%s", S_OR(who->speaks, "-"), S_OR(who->hears, "-"));
	ast_cli(fd, ROW, ast_channel_name(channel->owner), who->session, S_OR(who->leg, "-"),
		languages, em_leg_state_name(leg->state),
		(em_now_ms() - channel->created_ms) / 1000, leg->received, leg->playout.played,
		leg->playout.count * EM_FRAME_MS, leg->playout.target * EM_FRAME_MS, leg->playout.underruns, leg->playout.late,
		leg->playout.trimmed, leg->playout.overflowed + channel->skipped,
		leg->send.audio_sent, leg->send.audio_dropped, leg->reconnects);
}

static void show_totals(int fd, unsigned int living, const struct em_totals *totals)
{
	ast_cli(fd, "%u active of %" PRIu64 " since the module was loaded; together: received %" PRIu64 ", played %" PRIu64
		", trimmed %" PRIu64 ", overflowed %" PRIu64 ", skipped %" PRIu64 ", sent %" PRIu64 ", send dropped %" PRIu64 ", reconnects %" PRIu64
		", protocol errors %" PRIu64 "\n",
		living, totals->channels, totals->received, totals->played, totals->trimmed, totals->overflowed, totals->skipped, totals->sent,
		totals->send_dropped, totals->reconnects, totals->errors);
}

static char *cli_show_channels(struct ast_cli_entry *entry, int command, struct ast_cli_args *args)
{
	struct ast_channel_iterator *iterator;
	struct ast_channel *chan;
	struct em_totals totals;
	unsigned int living = 0;

	switch (command) {
	case CLI_INIT:
		entry->command = "externalmedia show channels";
		entry->usage =
			"Usage: externalmedia show channels\n"
			"       The ExternalMedia channels and what they have carried, in frames of 20 ms:\n"
			"       Recv and Play: from the server, and played to the party; Queue: waits to be played (ms), of which\n"
			"       Depth is wanted against jitter; Under: times the queue ran empty; Late: of them, because a frame was\n"
			"       late; Trim: frames taken out to catch up; Over: frames dropped from a full queue, and ticks skipped\n"
			"       because Asterisk was held up;\n"
			"       Sent and Drop: to the server, and dropped because it did not read; Again: reconnections.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (args->argc != entry->args) {
		return CLI_SHOWUSAGE;
	}
	iterator = ast_channel_iterator_all_new();
	if (!iterator) {
		return CLI_FAILURE;
	}
	em_totals_get(&totals);
	ast_cli(args->fd, ROW_HEAD, "Channel", "Session", "Leg", "Lang", "State", "Sec", "Recv", "Play", "Queue", "Depth",
		"Under", "Late", "Trim", "Over", "Sent", "Drop", "Again");
	for (; (chan = ast_channel_iterator_next(iterator)); ast_channel_unref(chan)) {
		ast_channel_lock(chan);
		if (ast_channel_tech(chan) == em_channel_tech() && ast_channel_tech_pvt(chan)) {
			show_channel(args->fd, ast_channel_tech_pvt(chan));
			em_totals_add(&totals, ast_channel_tech_pvt(chan));
			living++;
		}
		ast_channel_unlock(chan);
	}
	ast_channel_iterator_destroy(iterator);
	show_totals(args->fd, living, &totals);
	return CLI_SUCCESS;
}

static char *cli_show_settings(struct ast_cli_entry *entry, int command, struct ast_cli_args *args)
{
	struct em_options options;

	switch (command) {
	case CLI_INIT:
		entry->command = "externalmedia show settings";
		entry->usage =
			"Usage: externalmedia show settings\n"
			"       What new ExternalMedia channels get from externalmedia.conf.\n";
		return NULL;
	case CLI_GENERATE:
		return NULL;
	}
	if (args->argc != entry->args) {
		return CLI_SHOWUSAGE;
	}
	em_settings_get(&options);
	ast_cli(args->fd, "socket          = %s\n", options.socket);
	ast_cli(args->fd, "connect_timeout = %u ms\n", options.connect_timeout_ms);
	ast_cli(args->fd, "prime           = %u ms\n", options.playout.prime * EM_FRAME_MS);
	ast_cli(args->fd, "depth           = %u ms\n", options.playout.depth * EM_FRAME_MS);
	ast_cli(args->fd, "cap             = %u ms\n", options.playout.cap * EM_FRAME_MS);
	ast_cli(args->fd, "send_queue      = %u ms\n", options.send_frames * EM_FRAME_MS);
	ast_cli(args->fd, "after_loss      = %s\n", options.continue_after_loss ? "continue" : "hangup");
	ast_cli(args->fd, "protocol        = %d\n", EM_PROTOCOL_VERSION);
	return CLI_SUCCESS;
}

static struct ast_cli_entry commands[] = {
	AST_CLI_DEFINE(cli_show_channels, "List the ExternalMedia channels with their counters"),
	AST_CLI_DEFINE(cli_show_settings, "Show the settings of ExternalMedia channels"),
};

void em_cli_register(void)
{
	ast_cli_register_multiple(commands, ARRAY_LEN(commands));
}

void em_cli_unregister(void)
{
	ast_cli_unregister_multiple(commands, ARRAY_LEN(commands));
}
