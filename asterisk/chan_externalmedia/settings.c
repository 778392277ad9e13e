/* SPDX-License-Identifier: GPL-2.0-only */
#include "externalmedia.h"

#include "asterisk/config.h"
#include "asterisk/lock.h"
#include "asterisk/strings.h"

#define CONFIG_FILE "externalmedia.conf"

static const struct em_options defaults = {
	.socket = "/var/run/asterisk/external_media.sock",
	.connect_timeout_ms = 1000,
	.playout = { .prime = 40 / EM_FRAME_MS, .depth = 160 / EM_FRAME_MS, .cap = 1000 / EM_FRAME_MS },
	.send_frames = 500 / EM_FRAME_MS,
	.continue_after_loss = 0,
};

AST_MUTEX_DEFINE_STATIC(lock);
static struct em_options current;

void em_settings_get(struct em_options *options)
{
	ast_mutex_lock(&lock);
	*options = current;
	ast_mutex_unlock(&lock);
}

static int read_number(const struct ast_variable *entry, unsigned int low, unsigned int high, unsigned int *out)
{
	unsigned int value;
	int end = 0;

	if (sscanf(entry->value, "%u%n", &value, &end) != 1 || entry->value[end] != '\0' || value < low || value > high) {
		ast_log(LOG_ERROR, CONFIG_FILE " line %d: %s = %s: a number from %u to %u is wanted\n",
			entry->lineno, entry->name, entry->value, low, high);
		return -1;
	}
	*out = value;
	return 0;
}

/* A time in the file, whole frames here. */
static int read_frames(const struct ast_variable *entry, unsigned int high_ms, unsigned int *frames)
{
	unsigned int ms;

	if (read_number(entry, EM_FRAME_MS, high_ms, &ms)) {
		return -1;
	}
	*frames = (ms + EM_FRAME_MS - 1) / EM_FRAME_MS;
	return 0;
}

static int read_socket(const struct ast_variable *entry, struct em_options *options)
{
	if (entry->value[0] != '/' || strlen(entry->value) >= sizeof(options->socket)) {
		ast_log(LOG_ERROR, CONFIG_FILE " line %d: socket = %s: an absolute path of at most %zu bytes is wanted\n",
			entry->lineno, entry->value, sizeof(options->socket) - 1);
		return -1;
	}
	ast_copy_string(options->socket, entry->value, sizeof(options->socket));
	return 0;
}

static int read_after_loss(const struct ast_variable *entry, struct em_options *options)
{
	options->continue_after_loss = !strcasecmp(entry->value, "continue");
	if (!options->continue_after_loss && strcasecmp(entry->value, "hangup")) {
		ast_log(LOG_ERROR, CONFIG_FILE " line %d: after_loss = %s: hangup or continue is wanted\n",
			entry->lineno, entry->value);
		return -1;
	}
	return 0;
}

static int read_entry(const struct ast_variable *entry, struct em_options *options)
{
	if (!strcasecmp(entry->name, "socket")) {
		return read_socket(entry, options);
	} else if (!strcasecmp(entry->name, "connect_timeout")) {
		return read_number(entry, 0, 60000, &options->connect_timeout_ms);
	} else if (!strcasecmp(entry->name, "prime")) {
		return read_frames(entry, 1000, &options->playout.prime);
	} else if (!strcasecmp(entry->name, "depth")) {
		return read_frames(entry, 1000, &options->playout.depth);
	} else if (!strcasecmp(entry->name, "cap")) {
		return read_frames(entry, 10000, &options->playout.cap);
	} else if (!strcasecmp(entry->name, "send_queue")) {
		return read_frames(entry, EM_SEND_AUDIO_MAX * EM_FRAME_MS, &options->send_frames);
	} else if (!strcasecmp(entry->name, "after_loss")) {
		return read_after_loss(entry, options);
	}
	ast_log(LOG_ERROR, CONFIG_FILE " line %d: there is no setting %s\n", entry->lineno, entry->name);
	return -1;
}

/* The whole file or nothing: a half-understood file would be a surprise. */
static int read_file(struct ast_config *config, struct em_options *options)
{
	int errors = 0;

	for (struct ast_variable *entry = ast_variable_browse(config, "general"); entry; entry = entry->next) {
		errors += read_entry(entry, options) != 0;
	}
	if (!errors && (options->playout.prime > options->playout.depth || options->playout.depth > options->playout.cap)) {
		ast_log(LOG_ERROR, CONFIG_FILE ": prime, depth and cap: none may be greater than the next\n");
		errors++;
	}
	return errors ? -1 : 0;
}

int em_settings_load(int reload)
{
	struct ast_flags flags = { reload ? CONFIG_FLAG_FILEUNCHANGED : 0 };
	struct ast_config *config = ast_config_load(CONFIG_FILE, flags);
	struct em_options options = defaults;

	if (config == CONFIG_STATUS_FILEUNCHANGED) {
		return 0;
	}
	if (config == CONFIG_STATUS_FILEINVALID) {
		ast_log(LOG_ERROR, CONFIG_FILE " cannot be parsed%s\n", reload ? ": the settings stay as they were" : "");
		return -1;
	}
	if (config) {
		int bad = read_file(config, &options);

		ast_config_destroy(config);
		if (bad) {
			ast_log(LOG_ERROR, CONFIG_FILE " is not used%s\n", reload ? ": the settings stay as they were" : "");
			return -1;
		}
	} else {
		ast_log(LOG_NOTICE, "There is no " CONFIG_FILE ": the defaults are used\n");
	}
	ast_mutex_lock(&lock);
	current = options;
	ast_mutex_unlock(&lock);
	return 0;
}
