/*
 * binfmt_script.c: files that begin with #! and name the program that reads them.
 *
 * Owns:   nothing.
 *
 *	#! /bin/sh -e		run as ./script a b	becomes: /bin/sh -e ./script a b
 */
#include "kernel/binfmts.h"
#include "kernel/lib/string.h"
#include "kernel/printk.h"
#include "kernel/uapi/errno.h"
#include "kernel/fs/fs.h"

static bool is_blank(char c) { return c == ' ' || c == '\t'; }

/* Cut the first line of @buf into the program's name and its one argument (NULL: none). False: that is no script. */
static bool parse_line(char *buf, char **name, char **arg)
{
	char *end = memchr(buf, '\n', BINPRM_BUF_SIZE), *s = buf + 2;

	if (buf[0] != '#' || buf[1] != '!')
		return false;
	if (!end)
		end = memchr(buf, '\0', BINPRM_BUF_SIZE);	/* a file of one line without newline */
	if (!end)
		return false;		/* cut: who knows what it should have been */
	while (end > s && is_blank(end[-1]))
		end--;
	*end = '\0';
	while (is_blank(*s))
		s++;
	*name = s;
	if (!*s)
		return false;
	while (*s && !is_blank(*s))
		s++;
	*arg = NULL;
	if (*s) {
		*s++ = '\0';
		while (is_blank(*s))
			s++;
		*arg = s;
	}
	return true;
}

/* => binfmts.h; -ELOOP: scripts that name scripts, too deep */
int load_script(struct linux_binprm *bprm)
{
	char line[BINPRM_BUF_SIZE], *name, *arg;
	struct file *file;
	int err;

	memcpy(line, bprm->buf, sizeof(line));
	if (!parse_line(line, &name, &arg))
		return -ENOEXEC;
	if (++bprm->depth > MAX_SCRIPT_DEPTH)
		return -ELOOP;
	bprm_pop_arg0(bprm);
	err = bprm_push_string(bprm, bprm->interp);
	if (!err && arg)
		err = bprm_push_string(bprm, arg);
	if (!err)
		err = bprm_push_string(bprm, name);
	if (err)
		return err;
	strlcpy(bprm->interp, name, sizeof(bprm->interp));
	file = open_exec(name);
	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	err = bprm_set_file(bprm, file);
	return err ? err : search_binary_handler(bprm);
}
