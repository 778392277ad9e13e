/* SPDX-License-Identifier: GPL-2.0-only */
#include "externalmedia.h"

#include "asterisk/pbx.h"
#include "asterisk/strings.h"

static void set_default(char *out, const char *value, size_t size)
{
	if (ast_strlen_zero(out)) {
		ast_copy_string(out, S_OR(value, ""), size);
	}
}

void em_identity_from_variables(struct em_identity *identity, struct ast_channel *chan)
{
	set_default(identity->session, pbx_builtin_getvar_helper(chan, "PARLEY_SESSION"), sizeof(identity->session));
	set_default(identity->leg, pbx_builtin_getvar_helper(chan, "PARLEY_LEG"), sizeof(identity->leg));
	set_default(identity->speaks, pbx_builtin_getvar_helper(chan, "PARLEY_SPEAKS"), sizeof(identity->speaks));
	set_default(identity->hears, pbx_builtin_getvar_helper(chan, "PARLEY_HEARS"), sizeof(identity->hears));
	set_default(identity->speaks, pbx_builtin_getvar_helper(chan, "PARLEY_LANGUAGE"), sizeof(identity->speaks));
	set_default(identity->hears, pbx_builtin_getvar_helper(chan, "PARLEY_LANGUAGE"), sizeof(identity->hears));
}

void em_identity_from_identity(struct em_identity *identity, const struct em_identity *other)
{
	set_default(identity->session, other->session, sizeof(identity->session));
	set_default(identity->leg, other->leg, sizeof(identity->leg));
	set_default(identity->speaks, other->speaks, sizeof(identity->speaks));
	set_default(identity->hears, other->hears, sizeof(identity->hears));
}

int em_identity_from_destination(struct em_identity *identity, const char *destination)
{
	const char *slash = strchr(destination, '/');
	size_t session = slash ? (size_t) (slash - destination) : strlen(destination);
	const char *leg = slash ? slash + 1 : "";

	if (session >= sizeof(identity->session) || strlen(leg) >= sizeof(identity->leg)) {
		ast_log(LOG_ERROR, "ExternalMedia/%s: session and leg are at most %d characters each\n", destination, EM_NAME_MAX - 1);
		return -1;
	}
	if (session != 1 || destination[0] != '-') {
		ast_copy_string(identity->session, destination, session + 1);
	}
	ast_copy_string(identity->leg, leg, sizeof(identity->leg));
	return 0;
}
