/* SPDX-License-Identifier: GPL-2.0-only */
#include "sendqueue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

int em_sendqueue_init(struct em_sendqueue *queue, unsigned int audio_cap)
{
	memset(queue, 0, sizeof(*queue));
	queue->slots = malloc((size_t) audio_cap * EM_SEND_AUDIO_MESSAGE);
	if (!queue->slots) {
		return -1;
	}
	queue->audio_cap = audio_cap;
	queue->free_count = audio_cap;
	for (unsigned int i = 0; i < audio_cap; i++) {
		queue->free_slots[i] = (uint8_t) i;
		em_write_header(queue->slots + (size_t) i * EM_SEND_AUDIO_MESSAGE, EM_AUDIO, EM_AUDIO_BYTES);
	}
	return 0;
}

void em_sendqueue_free(struct em_sendqueue *queue)
{
	free(queue->slots);
	queue->slots = NULL;
}

static struct em_send_entry *entry_at(struct em_sendqueue *queue, unsigned int position)
{
	return &queue->entries[(queue->head + position) % EM_SEND_ENTRIES];
}

static unsigned char *message_of(struct em_sendqueue *queue, struct em_send_entry *entry, size_t *length)
{
	if (entry->audio) {
		*length = EM_SEND_AUDIO_MESSAGE;
		return queue->slots + (size_t) entry->slot * EM_SEND_AUDIO_MESSAGE;
	}
	*length = entry->length;
	return entry->control;
}

/* Takes an entry out; those before it move up, so that their order stays. */
static void remove_entry(struct em_sendqueue *queue, unsigned int position)
{
	struct em_send_entry *entry = entry_at(queue, position);

	if (entry->audio) {
		queue->free_slots[queue->free_count++] = entry->slot;
	}
	for (; position > 0; position--) {
		*entry_at(queue, position) = *entry_at(queue, position - 1);
	}
	queue->head = (queue->head + 1) % EM_SEND_ENTRIES;
	queue->count--;
}

static void drop_oldest_audio(struct em_sendqueue *queue)
{
	/* The entry at the head may be half sent: then it has to be finished. */
	for (unsigned int i = queue->sent > 0 ? 1 : 0; i < queue->count; i++) {
		if (entry_at(queue, i)->audio) {
			remove_entry(queue, i);
			queue->audio_dropped++;
			return;
		}
	}
}

int em_sendqueue_restart(struct em_sendqueue *queue, const char *hello, size_t length)
{
	unsigned int position = 0;

	if (length == 0 || length > EM_PAYLOAD_MAX) {
		return -1;
	}
	em_write_header(queue->hello, EM_HELLO, length);
	memcpy(queue->hello + EM_HEADER_BYTES, hello, length);
	queue->hello_length = EM_HEADER_BYTES + length;
	queue->hello_sent = 0;
	queue->sent = 0;
	while (position < queue->count) {
		const struct em_send_entry *entry = entry_at(queue, position);

		if (!entry->audio && (entry->control[0] == EM_MARK || entry->control[0] == EM_MARK_FLUSHED)) {
			remove_entry(queue, position);
		} else {
			position++;
		}
	}
	return 0;
}

static void queue_frame(struct em_sendqueue *queue, const unsigned char *frame)
{
	struct em_send_entry *entry;

	if (queue->free_count == 0) {
		drop_oldest_audio(queue);
	}
	if (queue->free_count == 0) {	/* the only frame there is room for is half sent */
		queue->audio_dropped++;
		return;
	}
	entry = entry_at(queue, queue->count++);
	entry->audio = 1;
	entry->slot = queue->free_slots[--queue->free_count];
	memcpy(queue->slots + (size_t) entry->slot * EM_SEND_AUDIO_MESSAGE + EM_HEADER_BYTES, frame, EM_AUDIO_BYTES);
}

void em_sendqueue_audio(struct em_sendqueue *queue, const unsigned char *bytes, size_t length)
{
	while (length > 0) {
		size_t take = EM_AUDIO_BYTES - queue->partial_length;

		if (queue->partial_length == 0 && length >= EM_AUDIO_BYTES) {
			queue_frame(queue, bytes);
			take = EM_AUDIO_BYTES;
		} else {
			take = take < length ? take : length;
			memcpy(queue->partial + queue->partial_length, bytes, take);
			queue->partial_length += take;
			if (queue->partial_length == EM_AUDIO_BYTES) {
				queue_frame(queue, queue->partial);
				queue->partial_length = 0;
			}
		}
		bytes += take;
		length -= take;
	}
}

int em_sendqueue_control(struct em_sendqueue *queue, enum em_type type, const unsigned char *payload, size_t length)
{
	unsigned int audio = queue->audio_cap - queue->free_count;
	struct em_send_entry *entry;

	if (length > EM_CONTROL_MAX || queue->count - audio >= EM_SEND_CONTROL_MAX) {
		return -1;
	}
	entry = entry_at(queue, queue->count++);
	entry->audio = 0;
	entry->length = (uint8_t) (EM_HEADER_BYTES + length);
	em_write_header(entry->control, type, length);
	if (length > 0) {
		memcpy(entry->control + EM_HEADER_BYTES, payload, length);
	}
	return 0;
}

/* Sends bytes from *sent on. 1: all gone, 0: the socket is full, -1: broken. */
static int send_rest(int fd, const unsigned char *message, size_t length, size_t *sent)
{
	while (*sent < length) {
		ssize_t n = send(fd, message + *sent, length - *sent, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (n >= 0) {
			*sent += (size_t) n;
		} else if (errno != EINTR) {
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
		}
	}
	return 1;
}

int em_sendqueue_flush(struct em_sendqueue *queue, int fd)
{
	if (queue->hello_length > 0) {
		int done = send_rest(fd, queue->hello, queue->hello_length, &queue->hello_sent);

		if (done <= 0) {
			return done;
		}
		queue->hello_length = 0;
	}
	while (queue->count > 0) {
		struct em_send_entry *entry = entry_at(queue, 0);
		size_t length;
		unsigned char *message = message_of(queue, entry, &length);
		int done = send_rest(fd, message, length, &queue->sent);

		if (done <= 0) {
			return done;
		}
		queue->audio_sent += entry->audio;
		queue->sent = 0;
		remove_entry(queue, 0);
	}
	return 0;
}
