/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * chan_externalmedia: a channel whose audio goes to and comes from a media server over a Unix socket.
 *
 *   Dial(ExternalMedia/[session][/leg])     or, from ARI, POST /channels?endpoint=ExternalMedia/...
 *
 * docs/protocol.md says what travels over the socket, docs/asterisk.md how to use the channel. This file is the part that
 * speaks with Asterisk; leg.c is the part that speaks with the server.
 *
 * Two descriptors wake a channel up: the socket (fill the playout queue) and a 50 Hz timer (play a frame, connect again,
 * write what could not be written). The core calls read(), write(), call() and hangup() with the channel locked, and
 * that lock is all the locking there is.
 */
#include "externalmedia.h"

#include <time.h>

#include "asterisk/causes.h"
#include "asterisk/format_cache.h"
#include "asterisk/module.h"
#include "asterisk/strings.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the wire is little-endian and Asterisk's slin16 is the machine's order: swap before you remove this"
#endif

#define FD_SOCKET 0
#define FD_TIMER 1
#define SERVER_DIGIT_MS 100

static struct ast_channel *em_request(const char *type, struct ast_format_cap *cap,
	const struct ast_assigned_ids *assignedids, const struct ast_channel *requestor, const char *data, int *cause);
static int em_call(struct ast_channel *chan, const char *dest, int timeout);
static int em_hangup(struct ast_channel *chan);
static struct ast_frame *em_read(struct ast_channel *chan);
static int em_write(struct ast_channel *chan, struct ast_frame *frame);
static int em_digit_begin(struct ast_channel *chan, char digit);
static int em_digit_end(struct ast_channel *chan, char digit, unsigned int duration);
static int em_indicate(struct ast_channel *chan, int condition, const void *data, size_t length);
static int em_fixup(struct ast_channel *old, struct ast_channel *new);

static struct ast_channel_tech tech = {
	.type = "ExternalMedia",
	.description = "Media server over a Unix socket",
	.requester = em_request,
	.call = em_call,
	.hangup = em_hangup,
	.read = em_read,
	.write = em_write,
	.send_digit_begin = em_digit_begin,
	.send_digit_end = em_digit_end,
	.indicate = em_indicate,
	.fixup = em_fixup,
};

static int living;		/* channels */

const struct ast_channel_tech *em_channel_tech(void)
{
	return &tech;
}

int64_t em_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t) now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static size_t on_hello(void *owner, unsigned int reconnect, char *out, size_t size)
{
	return em_hello_write(owner, reconnect, out, size);
}

static void on_digit(void *owner, char digit)
{
	struct em_channel *channel = owner;
	struct ast_frame frame = {
		.frametype = AST_FRAME_DTMF_END,
		.subclass.integer = digit,
		.len = SERVER_DIGIT_MS,
		.src = "ExternalMedia",
	};

	ast_queue_frame(channel->owner, &frame);
}

static void on_note(void *owner, const char *text)
{
	const struct em_channel *channel = owner;

	ast_log(LOG_WARNING, "%s: %s\n", ast_channel_name(channel->owner), text);
}

static const struct em_leg_events leg_events = {
	.hello = on_hello,
	.digit = on_digit,
	.note = on_note,
};

static struct em_channel *channel_alloc(const char *data)
{
	struct em_channel *channel = ast_calloc(1, sizeof(*channel));
	struct em_options options;

	if (!channel) {
		return NULL;
	}
	channel->watched_fd = -1;
	channel->created_ms = em_now_ms();
	em_settings_get(&options);
	if (em_identity_from_destination(&channel->identity, data) || em_leg_init(&channel->leg, &options, &leg_events, channel)) {
		ast_free(channel);
		return NULL;
	}
	return channel;
}

static void channel_free(struct em_channel *channel)
{
	em_leg_free(&channel->leg);
	if (channel->timer) {
		ast_timer_close(channel->timer);
	}
	ast_free(channel);
}

static struct ast_channel *em_request(const char *type, struct ast_format_cap *cap,
	const struct ast_assigned_ids *assignedids, const struct ast_channel *requestor, const char *data, int *cause)
{
	static int serial;
	struct em_channel *channel = channel_alloc(S_OR(data, ""));
	struct ast_channel *dialler = (struct ast_channel *) requestor;	/* a lock needs to write to it */
	struct em_identity said = { "" };
	struct ast_channel *chan;

	*cause = AST_CAUSE_FAILURE;
	if (!channel) {
		return NULL;
	}
	if (dialler) {
		ast_channel_lock(dialler);
		em_identity_from_variables(&said, dialler);
		ast_channel_unlock(dialler);
	}
	chan = ast_channel_alloc(1, AST_STATE_DOWN, "", "", "", "", "", assignedids, requestor, 0, "ExternalMedia/%s-%08x",
		S_OR(data, "-"), (unsigned int) ast_atomic_fetchadd_int(&serial, 1));
	if (!chan) {
		channel_free(channel);
		return NULL;
	}
	channel->owner = chan;
	channel->requestor = said;
	ast_module_ref(ast_module_info->self);
	ast_atomic_fetchadd_int(&living, 1);
	ast_set_flag(ast_channel_flags(chan), AST_FLAG_DISABLE_DEVSTATE_CACHE);
	ast_channel_nativeformats_set(chan, tech.capabilities);
	ast_channel_set_writeformat(chan, ast_format_slin16);
	ast_channel_set_rawwriteformat(chan, ast_format_slin16);
	ast_channel_set_readformat(chan, ast_format_slin16);
	ast_channel_set_rawreadformat(chan, ast_format_slin16);
	ast_channel_tech_set(chan, &tech);
	ast_channel_tech_pvt_set(chan, channel);
	ast_channel_unlock(chan);
	return chan;
}

/*
 * Tells why the leg has ended: in the channel's own cause, and as HANGUPCAUSE(channel,tech), "EXTERNALMEDIA 27", on whichever
 * channel it is connected with. The hangup itself follows at the next tick (em_read), so that this arrives first.
 */
static void announce_end(struct em_channel *channel)
{
	enum { code_max = sizeof("EXTERNALMEDIA 255") };
	char buffer[sizeof(struct ast_control_pvt_cause_code) + code_max];
	struct ast_control_pvt_cause_code *cause = (struct ast_control_pvt_cause_code *) buffer;

	memset(buffer, 0, sizeof(buffer));
	ast_copy_string(cause->chan_name, ast_channel_name(channel->owner), sizeof(cause->chan_name));
	cause->ast_cause = channel->leg.cause;
	snprintf(cause->code, code_max, "EXTERNALMEDIA %d", channel->leg.cause);
	ast_channel_hangupcause_set(channel->owner, channel->leg.cause);
	ast_queue_control_data(channel->owner, AST_CONTROL_PVT_CAUSE_CODE, cause, sizeof(buffer));
}

/* Makes Asterisk see what the leg has become: which socket to poll, that it is answered, that it has ended. */
static void settle(struct em_channel *channel)
{
	struct em_leg *leg = &channel->leg;

	if (channel->watched_fd != leg->fd) {
		channel->watched_fd = leg->fd;
		ast_channel_set_fd(channel->owner, FD_SOCKET, leg->fd);
	}
	if (!channel->answered && (leg->state == EM_LEG_OPEN || leg->state == EM_LEG_LOST)) {
		channel->answered = 1;
		ast_queue_control(channel->owner, AST_CONTROL_ANSWER);
	}
	if (!channel->end_announced && leg->state == EM_LEG_ENDED) {
		channel->end_announced = 1;
		announce_end(channel);
	}
}

static int em_call(struct ast_channel *chan, const char *dest, int timeout)
{
	struct em_channel *channel = ast_channel_tech_pvt(chan);
	struct em_identity *identity = &channel->identity;

	/*
	 * Only now are the channel's own variables there: Dial copies the caller's inherited ones, ARI sets what it was given.
	 * What they leave open comes from the plain variables of the channel that dialled.
	 */
	em_identity_from_variables(identity, chan);
	em_identity_from_identity(identity, &channel->requestor);
	if (ast_strlen_zero(identity->session)) {
		ast_copy_string(identity->session, ast_channel_linkedid(chan), sizeof(identity->session));
	}
	channel->timer = ast_timer_open();
	if (!channel->timer || ast_timer_set_rate(channel->timer, 1000 / EM_FRAME_MS)) {
		ast_log(LOG_ERROR, "%s: no timer: load res_timing_timerfd.so\n", ast_channel_name(chan));
		ast_channel_hangupcause_set(chan, AST_CAUSE_SWITCH_CONGESTION);
		return -1;
	}
	em_leg_start(&channel->leg, em_now_ms());
	if (channel->leg.state == EM_LEG_ENDED) {
		ast_channel_hangupcause_set(chan, channel->leg.cause);
		return -1;
	}
	ast_channel_set_fd(chan, FD_TIMER, ast_timer_fd(channel->timer));
	settle(channel);
	return 0;
}

static int em_hangup(struct ast_channel *chan)
{
	struct em_channel *channel = ast_channel_tech_pvt(chan);

	if (!channel) {
		return 0;
	}
	ast_channel_set_fd(chan, FD_SOCKET, -1);
	ast_channel_set_fd(chan, FD_TIMER, -1);
	ast_channel_tech_pvt_set(chan, NULL);
	em_totals_keep(channel);
	channel_free(channel);
	ast_atomic_fetchadd_int(&living, -1);
	ast_module_unref(ast_module_info->self);
	return 0;
}

static struct ast_frame *em_read(struct ast_channel *chan)
{
	struct em_channel *channel = ast_channel_tech_pvt(chan);
	struct ast_frame *frame = &ast_null_frame;
	int64_t now_ms = em_now_ms();

	if (!channel || channel->end_announced) {
		return NULL;	/* hangs up */
	}
	if (ast_channel_fdno(chan) == FD_SOCKET) {
		em_leg_receive(&channel->leg, now_ms);
	} else if (ast_channel_fdno(chan) == FD_TIMER) {
		if (ast_timer_ack(channel->timer, 1) < 0) {
			return NULL;
		}
		if (channel->answered) {
			frame = em_play_due(channel, now_ms);
		}
		em_leg_tick(&channel->leg, now_ms);
	}
	settle(channel);
	return frame;
}

static int em_write(struct ast_channel *chan, struct ast_frame *frame)
{
	struct em_channel *channel = ast_channel_tech_pvt(chan);

	if (!channel || frame->frametype != AST_FRAME_VOICE || !frame->data.ptr || frame->datalen <= 0
		|| ast_format_cmp(frame->subclass.format, ast_format_slin16) == AST_FORMAT_CMP_NOT_EQUAL) {
		return 0;
	}
	em_leg_audio(&channel->leg, frame->data.ptr, (size_t) frame->datalen & ~(size_t) 1, em_now_ms());
	settle(channel);
	return 0;
}

/* A key press is sent once, at its end. Saying 0 here keeps the core from sending its tone as audio. */
static int em_digit_begin(struct ast_channel *chan, char digit)
{
	return 0;
}

static int em_digit_end(struct ast_channel *chan, char digit, unsigned int duration)
{
	struct em_channel *channel;

	ast_channel_lock(chan);	/* this callback comes without it */
	channel = ast_channel_tech_pvt(chan);
	if (channel) {
		em_leg_digit(&channel->leg, digit, em_now_ms());
		settle(channel);
	}
	ast_channel_unlock(chan);
	return 0;
}

/* Nothing is indicated to a media server: 0 keeps the core from playing tones or music on hold to it. */
static int em_indicate(struct ast_channel *chan, int condition, const void *data, size_t length)
{
	return 0;
}

static int em_fixup(struct ast_channel *old, struct ast_channel *new)
{
	struct em_channel *channel = ast_channel_tech_pvt(new);

	if (!channel || channel->owner != old) {
		return -1;
	}
	channel->owner = new;
	return 0;
}

static int reload_module(void)
{
	return em_settings_load(1) ? AST_MODULE_RELOAD_ERROR : AST_MODULE_RELOAD_SUCCESS;
}

static int unload_module(void)
{
	int channels = ast_atomic_fetchadd_int(&living, 0);

	if (channels > 0) {
		ast_log(LOG_WARNING, "%d ExternalMedia channels are in use: not unloading\n", channels);
		return -1;
	}
	em_cli_unregister();
	ast_channel_unregister(&tech);
	ao2_cleanup(tech.capabilities);
	tech.capabilities = NULL;
	return 0;
}

static int load_module(void)
{
	if (em_settings_load(0)) {
		return AST_MODULE_LOAD_DECLINE;
	}
	tech.capabilities = ast_format_cap_alloc(AST_FORMAT_CAP_FLAG_DEFAULT);
	if (!tech.capabilities) {
		return AST_MODULE_LOAD_DECLINE;
	}
	if (ast_format_cap_append(tech.capabilities, ast_format_slin16, 0) || ast_channel_register(&tech)) {
		ao2_cleanup(tech.capabilities);
		tech.capabilities = NULL;
		return AST_MODULE_LOAD_DECLINE;
	}
	em_cli_register();
	return AST_MODULE_LOAD_SUCCESS;
}

AST_MODULE_INFO(ASTERISK_GPL_KEY, AST_MODFLAG_LOAD_ORDER, "Media server over a Unix socket (ExternalMedia)",
	.support_level = AST_MODULE_SUPPORT_EXTENDED,
	.load = load_module,
	.unload = unload_module,
	.reload = reload_module,
	.load_pri = AST_MODPRI_CHANNEL_DRIVER,
);
