/* SPDX-License-Identifier: GPL-2.0-only */
#include "leg.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* docs/protocol.md, "Loss and reconnection" */
static const int64_t reconnect_delays_ms[] = { 200, 400, 800 };
#define RECONNECT_ATTEMPTS (sizeof(reconnect_delays_ms) / sizeof(reconnect_delays_ms[0]))
#define SLOW_RECONNECT_MS 5000
#define KNOCK_MS 50			/* between two looks whether a server that has gone listens again */
#define STABLE_MS 5000			/* a connection that lived this long earns a fresh set of attempts */
#define RECEIVE_PORTIONS 8		/* of up to 16 KiB for each time the socket is readable */

static void note(struct em_leg *leg, const char *text, const char *detail)
{
	char line[256];

	snprintf(line, sizeof(line), "%s%s", text, detail);
	leg->events->note(leg->owner, line);
}

static void end(struct em_leg *leg, int cause)
{
	leg->state = EM_LEG_ENDED;
	leg->cause = cause;
}

static void close_socket(struct em_leg *leg)
{
	if (leg->fd >= 0) {
		close(leg->fd);
		leg->fd = -1;
	}
	em_parser_reset(&leg->parser);
}

static void disconnect(struct em_leg *leg)
{
	close_socket(leg);
	em_playout_flush(&leg->playout);
}

/*
 * An attempt is due after the delay. A server that was restarted usually listens again much sooner, and to see so costs a
 * system call: `knock` looks for it meanwhile. Not for one that accepts and closes: that one is given the whole delay.
 */
static void schedule_reconnect(struct em_leg *leg, int64_t now_ms, int knock)
{
	leg->state = EM_LEG_LOST;
	leg->knock_ms = knock && leg->attempts < RECONNECT_ATTEMPTS ? now_ms + KNOCK_MS : INT64_MAX;
	if (leg->attempts < RECONNECT_ATTEMPTS) {
		leg->deadline_ms = now_ms + reconnect_delays_ms[leg->attempts++];
	} else if (leg->options.continue_after_loss) {
		leg->deadline_ms = now_ms + SLOW_RECONNECT_MS;
	} else {
		note(leg, "the media server stays away: hanging up", "");
		end(leg, EM_CAUSE_OUT_OF_ORDER);
	}
}

static void lose(struct em_leg *leg, int64_t now_ms, const char *why)
{
	const int stable = now_ms - leg->opened_ms >= STABLE_MS;

	if (leg->state != EM_LEG_OPEN) {
		return;
	}
	close_socket(leg);
	em_playout_forget_marks(&leg->playout);	/* what waits is still worth hearing */
	if (stable) {
		leg->attempts = 0;
	}
	note(leg, "lost the media server, the party hears silence: ", why);
	schedule_reconnect(leg, now_ms, stable);
}

static void protocol_error(struct em_leg *leg, const char *what)
{
	leg->errors++;
	note(leg, "protocol error, closing the connection: the media server sent ", what);
	disconnect(leg);
	if (leg->options.continue_after_loss) {
		leg->state = EM_LEG_SILENT;
	} else {
		end(leg, EM_CAUSE_PROTOCOL);
	}
}

static void flush(struct em_leg *leg, int64_t now_ms)
{
	if (leg->state == EM_LEG_OPEN && em_sendqueue_flush(&leg->send, leg->fd)) {
		lose(leg, now_ms, strerror(errno));
	}
}

static void send_control(struct em_leg *leg, enum em_type type, const unsigned char *payload, size_t length)
{
	if (em_sendqueue_control(&leg->send, type, payload, length)) {
		protocol_error(leg, "so much and read so little that its answers pile up");
	}
}

static void answer_mark(void *owner, uint32_t id, int flushed)
{
	struct em_leg *leg = owner;
	unsigned char payload[4];

	if (leg->state == EM_LEG_OPEN && leg->fd >= 0) {
		em_write_u32(payload, id);
		send_control(leg, flushed ? EM_MARK_FLUSHED : EM_MARK, payload, sizeof(payload));
	}
}

/* A Unix connect is made, refused or, when the backlog is full, put off (EAGAIN): it never stays in progress. */
static int try_connect(struct em_leg *leg)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	int saved;

	if (fd < 0) {
		return -1;
	}
	strcpy(address.sun_path, leg->options.socket);
	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0
		&& connect(fd, (struct sockaddr *) &address, sizeof(address)) == 0) {
		leg->fd = fd;
		return 0;
	}
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static void opened(struct em_leg *leg, int64_t now_ms)
{
	char hello[EM_PAYLOAD_MAX];
	size_t length = leg->events->hello(leg->owner, leg->reconnects, hello, sizeof(hello));

	if (em_sendqueue_restart(&leg->send, hello, length)) {
		note(leg, "cannot write a hello for this channel: hanging up", "");
		disconnect(leg);
		end(leg, EM_CAUSE_PROTOCOL);
		return;
	}
	leg->state = EM_LEG_OPEN;
	leg->opened_ms = now_ms;
	flush(leg, now_ms);
}

static void first_connect(struct em_leg *leg, int64_t now_ms)
{
	if (try_connect(leg) == 0) {
		opened(leg, now_ms);
	} else if ((errno != EAGAIN && errno != EINTR) || now_ms >= leg->deadline_ms) {
		note(leg, "cannot reach the media server: ", strerror(errno));
		end(leg, EM_CAUSE_OUT_OF_ORDER);
	}
}

static void reconnect(struct em_leg *leg, int64_t now_ms)
{
	if (try_connect(leg)) {
		if (now_ms >= leg->deadline_ms) {
			schedule_reconnect(leg, now_ms, 1);
		} else {
			leg->knock_ms = now_ms + KNOCK_MS;
		}
		return;
	}
	leg->reconnects++;
	note(leg, "the media server is back", "");
	opened(leg, now_ms);
}

int em_leg_init(struct em_leg *leg, const struct em_options *options, const struct em_leg_events *events, void *owner)
{
	memset(leg, 0, sizeof(*leg));
	leg->options = *options;
	leg->events = events;
	leg->owner = owner;
	leg->fd = -1;
	if (em_sendqueue_init(&leg->send, options->send_frames)) {
		return -1;
	}
	if (em_playout_init(&leg->playout, &options->playout, answer_mark, leg)) {
		em_sendqueue_free(&leg->send);
		return -1;
	}
	return 0;
}

void em_leg_free(struct em_leg *leg)
{
	if (leg->state == EM_LEG_OPEN) {
		unsigned char rest[4096];

		if (em_sendqueue_control(&leg->send, EM_HANGUP, NULL, 0) == 0) {
			em_sendqueue_flush(&leg->send, leg->fd);
		}
		/* Closing with unread data would make the server see a reset in place of an end. */
		for (int i = 0; i < RECEIVE_PORTIONS && recv(leg->fd, rest, sizeof(rest), MSG_DONTWAIT) > 0; i++) {
		}
	}
	if (leg->fd >= 0) {
		close(leg->fd);
		leg->fd = -1;
	}
	leg->state = EM_LEG_ENDED;
	em_sendqueue_free(&leg->send);
	em_playout_free(&leg->playout);
}

void em_leg_start(struct em_leg *leg, int64_t now_ms)
{
	leg->state = EM_LEG_CONNECTING;
	leg->deadline_ms = now_ms + leg->options.connect_timeout_ms;
	first_connect(leg, now_ms);
}

static void handle(struct em_leg *leg, const struct em_message *message)
{
	switch (message->type) {
	case EM_AUDIO:
		leg->received++;
		em_playout_push(&leg->playout, message->payload);
		break;
	case EM_FLUSH:
		leg->flushes++;
		em_playout_flush(&leg->playout);
		break;
	case EM_MARK:
		leg->marks++;
		if (em_playout_mark(&leg->playout, em_read_u32(message->payload))) {
			protocol_error(leg, "more marks than can wait");
		}
		break;
	case EM_DTMF:
		leg->digits_received++;
		leg->events->digit(leg->owner, (char) message->payload[0]);
		break;
	case EM_HANGUP:
		end(leg, message->length > 0 && message->payload[0] > 0 ? message->payload[0] : EM_CAUSE_NORMAL);
		disconnect(leg);
		break;
	}
}

static void parse(struct em_leg *leg)
{
	struct em_message message;

	while (leg->state == EM_LEG_OPEN) {
		switch (em_parser_next(&leg->parser, &message)) {
		case EM_PARSE_MORE:
			return;
		case EM_PARSE_MESSAGE:
			handle(leg, &message);
			break;
		case EM_PARSE_UNKNOWN:
			leg->unknown++;
			break;
		case EM_PARSE_ERROR:
			protocol_error(leg, leg->parser.error);
			break;
		}
	}
}

void em_leg_receive(struct em_leg *leg, int64_t now_ms)
{
	for (int i = 0; i < RECEIVE_PORTIONS && leg->state == EM_LEG_OPEN; i++) {
		size_t room;
		unsigned char *space = em_parser_space(&leg->parser, &room);
		ssize_t n = recv(leg->fd, space, room, MSG_DONTWAIT);

		if (n > 0) {
			em_parser_filled(&leg->parser, (size_t) n);
			parse(leg);
		} else if (n == 0) {
			lose(leg, now_ms, "it closed the connection");
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			break;
		} else if (errno != EINTR) {
			lose(leg, now_ms, strerror(errno));
		}
	}
	flush(leg, now_ms);	/* the answers to marks */
}

void em_leg_tick(struct em_leg *leg, int64_t now_ms)
{
	if (leg->state == EM_LEG_CONNECTING) {
		first_connect(leg, now_ms);
	} else if (leg->state == EM_LEG_LOST && (now_ms >= leg->deadline_ms || now_ms >= leg->knock_ms)) {
		reconnect(leg, now_ms);
	}
	flush(leg, now_ms);
}

void em_leg_audio(struct em_leg *leg, const unsigned char *bytes, size_t length, int64_t now_ms)
{
	if (leg->state == EM_LEG_OPEN || leg->state == EM_LEG_LOST) {
		em_sendqueue_audio(&leg->send, bytes, length);
		flush(leg, now_ms);
	}
}

void em_leg_digit(struct em_leg *leg, char digit, int64_t now_ms)
{
	unsigned char payload = (unsigned char) digit;

	if ((leg->state == EM_LEG_OPEN || leg->state == EM_LEG_LOST) && em_is_digit(payload)) {
		leg->digits_sent++;
		send_control(leg, EM_DTMF, &payload, 1);
		flush(leg, now_ms);
	}
}

const char *em_leg_state_name(enum em_leg_state state)
{
	switch (state) {
	case EM_LEG_IDLE:
		return "idle";
	case EM_LEG_CONNECTING:
		return "connecting";
	case EM_LEG_OPEN:
		return "open";
	case EM_LEG_LOST:
		return "lost";
	case EM_LEG_SILENT:
		return "silent";
	case EM_LEG_ENDED:
		return "ended";
	}
	return "?";
}
