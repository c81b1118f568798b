/*
 * From characters to a tree. Tokens are read one ahead; a word keeps its quotes, and
 * expand.c reads them again. A syntax error jumps out of the whole command.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "user/bin/sh/sh.h"

#define NO_CHAR	-2

enum token_type {
	T_EOF, T_NEWLINE, T_WORD, T_REDIR,
	T_AMP, T_AND, T_PIPE, T_OR, T_SEMI, T_DSEMI, T_LPAREN, T_RPAREN,
};

static struct token {
	enum token_type type;
	char *text;			/* T_WORD */
	struct redir *redir;		/* T_REDIR, its target still to come */
} tok;
static int have_tok;

static struct input *in;
static struct arena *arena;
static struct redir *pending_here;	/* bodies follow the next newline */
static jmp_buf syntax;

static struct node *parse_stage(void);
static struct node *parse_list(int until_newline);
static int at_end(int until_newline);

/* ---- characters --------------------------------------------------------- */

void input_string(struct input *i, const char *s)
{
	*i = (struct input){ .string = s, .peeked = NO_CHAR };
}

void input_file(struct input *i, int fd, int is_interactive)
{
	*i = (struct input){ .fd = fd, .interactive = is_interactive, .peeked = NO_CHAR,
			     .at_start = 1 };
}

static void prompt(int more)
{
	char *ps = var_get(more ? "PS2" : "PS1");

	fflush(stdout);
	fprintf(stderr, "%s", ps ? ps : more ? "> " : getuid() ? "$ " : "# ");
}

/* => standard input is read by single characters, as commands may want the rest of it */
static int read_char(void)
{
	int n;

	if (in->string)
		return *in->string ? (unsigned char)*in->string++ : EOF;
	if (in->pos == in->len) {
		if (in->interactive && in->at_start)
			prompt(in->line > 0);
		in->at_start = 0;
		do
			n = read(in->fd, in->buf, in->fd == 0 ? 1 : sizeof(in->buf));
		while (n < 0 && errno == EINTR && !interrupted);
		if (n < 0 && errno == EINTR)
			longjmp(syntax, 2);
		if (n <= 0)
			return EOF;
		in->pos = 0;
		in->len = n;
	}
	return (unsigned char)in->buf[in->pos++];
}

static int next_char(void)
{
	int c = in->peeked;

	in->peeked = NO_CHAR;
	if (c == NO_CHAR)
		c = read_char();
	if (c == '\n') {
		in->line++;
		in->at_start = 1;
	}
	return c;
}

static int peek_char(void)
{
	if (in->peeked == NO_CHAR)
		in->peeked = read_char();
	return in->peeked;
}

static void syntax_error(const char *near)
{
	fail("syntax error near '%s'", near);
	longjmp(syntax, 1);
}

/* ---- words -------------------------------------------------------------- */

/* Copy up to the matching close; quotes and nested openings are stepped over. */
static void copy_nested(struct text *t, char open, char close)
{
	int depth = 1, c;
	char quote = 0;

	while (depth) {
		c = next_char();
		if (c == EOF)
			syntax_error("end of file");
		text_put(t, c);
		if (c == '\\' && quote != '\'')
			text_put(t, next_char());
		else if (quote)
			quote = c == quote ? 0 : quote;
		else if (c == '\'' || c == '"' || c == '`')
			quote = c;
		else if (c == open)
			depth++;
		else if (c == close)
			depth--;
	}
}

static void copy_dollar(struct text *t)
{
	int c = peek_char();

	if (c != '(' && c != '{')
		return;
	text_put(t, next_char());
	copy_nested(t, c, c == '(' ? ')' : '}');
}

static void copy_quoted(struct text *t, char quote)
{
	int c;

	do {
		c = next_char();
		if (c == EOF)
			syntax_error("unterminated quote");
		text_put(t, c);
		if (c == '\\' && quote != '\'')
			text_put(t, next_char());
		else if (c == '$' && quote == '"')
			copy_dollar(t);
	} while (c != quote);
}

/* A word starts with c; backslash-newline vanishes. */
static char *read_word(int c)
{
	struct text t = { 0 };
	char *word;

	for (;; c = next_char()) {
		if (c == '\\' && peek_char() == '\n') {
			next_char();
		} else {
			text_put(&t, c);
			if (c == '\\' && peek_char() != EOF)
				text_put(&t, next_char());
			else if (c == '\'' || c == '"' || c == '`')
				copy_quoted(&t, c);
			else if (c == '$')
				copy_dollar(&t);
		}
		c = peek_char();
		if (c == EOF || strchr(" \t\n;&|<>()", c))
			break;
	}
	word = arena_strndup(arena, t.s ? t.s : "", t.len);
	free(t.s);
	return word;
}

/* ---- tokens ------------------------------------------------------------- */

static int accept(char c)
{
	if (peek_char() != c)
		return 0;
	next_char();
	return 1;
}

static struct redir *read_redir(int c, int fd)
{
	struct redir *r = arena_alloc(arena, sizeof(*r));

	r->fd = fd >= 0 ? fd : c == '>';
	if (c == '>') {
		r->type = accept('>') ? R_APPEND : accept('&') ? R_DUP : R_OUT;
		if (r->type == R_OUT)
			accept('|');
	} else if (accept('<')) {
		r->type = R_HERE;
		r->strip = accept('-');
	} else {
		r->type = accept('&') ? R_DUP : accept('>') ? R_RDWR : R_IN;
	}
	return r;
}

/* One line of a here-document into t. => 0 at the end of the input */
static int read_line(struct text *t)
{
	int c;

	t->len = 0;
	while ((c = next_char()) != EOF) {
		text_put(t, c);
		if (c == '\n')
			return 1;
	}
	return t->len > 0;
}

/* => were there any? */
static int strip_quotes(char *s)
{
	char *from, *to;

	for (from = to = s; *from; from++)
		if (!strchr("'\"\\", *from))
			*to++ = *from;
	*to = 0;
	return to != from;
}

static void read_here_bodies(void)
{
	struct text line = { 0 }, body = { 0 };
	struct redir *r;
	char *s;
	size_t n;

	for (r = pending_here; r; r = pending_here) {
		pending_here = r->next_here;
		r->literal = strip_quotes(r->target);
		body.len = 0;
		while (read_line(&line)) {
			s = line.s + (r->strip ? strspn(line.s, "\t") : 0);
			n = strcspn(s, "\n");
			if (n == strlen(r->target) && !strncmp(s, r->target, n))
				break;
			text_puts(&body, s);
		}
		r->target = arena_strndup(arena, body.s ? body.s : "", body.len);
	}
	free(line.s);
	free(body.s);
}

static void read_token(void)
{
	int c, fd;

	have_tok = 1;
	while ((c = next_char()) == ' ' || c == '\t' || (c == '\\' && peek_char() == '\n'))
		if (c == '\\')
			next_char();
	if (c == '#')
		while (c != '\n' && c != EOF)
			c = next_char();
	switch (c) {
	case EOF: tok.type = T_EOF; return;
	case '\n':
		tok.type = T_NEWLINE;
		read_here_bodies();
		return;
	case '&': tok.type = accept('&') ? T_AND : T_AMP; return;
	case '|': tok.type = accept('|') ? T_OR : T_PIPE; return;
	case ';': tok.type = accept(';') ? T_DSEMI : T_SEMI; return;
	case '(': tok.type = T_LPAREN; return;
	case ')': tok.type = T_RPAREN; return;
	}
	fd = -1;
	if (isdigit(c) && (peek_char() == '<' || peek_char() == '>')) {
		fd = c - '0';
		c = next_char();
	}
	if (c == '<' || c == '>') {
		tok.type = T_REDIR;
		tok.redir = read_redir(c, fd);
		return;
	}
	tok.text = read_word(c);
	tok.type = T_WORD;
}

static enum token_type peek(void)
{
	if (!have_tok)
		read_token();
	return tok.type;
}

static void drop(void)
{
	have_tok = 0;
}

static int peek_is(const char *keyword)
{
	return peek() == T_WORD && !strcmp(tok.text, keyword);
}

static void unexpected(void)
{
	static const char *const names[] = {
		"end of file", "newline", "", "", "&", "&&", "|", "||", ";", ";;", "(", ")",
	};

	syntax_error(tok.type == T_WORD ? tok.text : tok.type == T_REDIR ? "<" : names[tok.type]);
}

static void expect(const char *keyword)
{
	if (!peek_is(keyword))
		unexpected();
	drop();
}

static void skip_newlines(void)
{
	while (peek() == T_NEWLINE)
		drop();
}

/* ---- commands ----------------------------------------------------------- */

static struct node *new_node(enum node_type type)
{
	struct node *n = arena_alloc(arena, sizeof(*n));

	n->type = type;
	return n;
}

static struct word *new_word(char *text)
{
	struct word *w = arena_alloc(arena, sizeof(*w));

	w->text = text;
	return w;
}

/* => the place where the next redirection goes */
static struct redir **parse_redir(struct redir **tail)
{
	struct redir *r = tok.redir;

	drop();
	if (peek() != T_WORD)
		unexpected();
	r->target = tok.text;
	drop();
	if (r->type == R_HERE) {
		struct redir **p = &pending_here;

		while (*p)
			p = &(*p)->next_here;
		*p = r;
	}
	*tail = r;
	return &r->next;
}

static struct node *parse_simple(void)
{
	struct node *n = new_node(N_SIMPLE);
	struct word **assign = &n->assigns, **word = &n->words;
	struct redir **redir = &n->redirs;
	size_t len;

	for (;;) {
		if (peek() == T_REDIR) {
			redir = parse_redir(redir);
			continue;
		}
		if (peek() == T_LPAREN && n->words && !n->words->next && !n->redirs) {
			drop();
			if (peek() != T_RPAREN)
				unexpected();
			drop();
			skip_newlines();
			n->type = N_FUNC;
			n->name = n->words->text;
			arena->keep = 1;
			n->body = parse_stage();
			return n;
		}
		if (peek() != T_WORD)
			break;
		len = name_length(tok.text);
		if (!n->words && len && tok.text[len] == '=') {
			*assign = new_word(tok.text);
			assign = &(*assign)->next;
		} else {
			*word = new_word(tok.text);
			word = &(*word)->next;
		}
		drop();
	}
	if (!n->words && !n->assigns && !n->redirs)
		unexpected();
	return n;
}

static struct node *parse_if(void)
{
	struct node *n = new_node(N_IF);

	n->cond = parse_list(0);
	expect("then");
	n->body = parse_list(0);
	if (peek_is("elif")) {
		drop();
		n->other = parse_if();
		return n;
	}
	if (peek_is("else")) {
		drop();
		n->other = parse_list(0);
	}
	expect("fi");
	return n;
}

static struct node *parse_for(void)
{
	struct node *n = new_node(N_FOR);
	struct word **tail = &n->words;

	if (peek() != T_WORD)
		unexpected();
	n->name = tok.text;
	drop();
	skip_newlines();
	if (peek_is("in")) {
		n->has_in = 1;
		for (drop(); peek() == T_WORD; drop()) {
			*tail = new_word(tok.text);
			tail = &(*tail)->next;
		}
	}
	if (peek() == T_SEMI)
		drop();
	skip_newlines();
	expect("do");
	n->body = parse_list(0);
	expect("done");
	return n;
}

static struct case_item *parse_case_item(void)
{
	struct case_item *item = arena_alloc(arena, sizeof(*item));
	struct word **tail = &item->patterns;

	if (peek() == T_LPAREN)
		drop();
	for (;;) {
		if (peek() != T_WORD)
			unexpected();
		*tail = new_word(tok.text);
		tail = &(*tail)->next;
		drop();
		if (peek() != T_PIPE)
			break;
		drop();
	}
	if (peek() != T_RPAREN)
		unexpected();
	drop();
	skip_newlines();
	if (!at_end(0))
		item->body = parse_list(0);
	return item;
}

static struct node *parse_case(void)
{
	struct node *n = new_node(N_CASE);
	struct case_item **tail = &n->items;

	if (peek() != T_WORD)
		unexpected();
	n->words = new_word(tok.text);
	drop();
	skip_newlines();
	expect("in");
	for (skip_newlines(); !peek_is("esac"); skip_newlines()) {
		*tail = parse_case_item();
		tail = &(*tail)->next;
		if (peek() == T_DSEMI)
			drop();
		else if (!peek_is("esac"))
			unexpected();
	}
	drop();
	return n;
}

static struct node *parse_loop(enum node_type type)
{
	struct node *n = new_node(type);

	n->cond = parse_list(0);
	expect("do");
	n->body = parse_list(0);
	expect("done");
	return n;
}

/* => null if no compound command starts here */
static struct node *parse_compound(void)
{
	static const char *const openers[] = { "if", "while", "until", "for", "case", "{" };
	struct node *n;
	int i;

	if (peek() == T_LPAREN) {
		drop();
		n = new_node(N_SUBSHELL);
		n->body = parse_list(0);
		if (peek() != T_RPAREN)
			unexpected();
		drop();
		return n;
	}
	for (i = 0; i < 6 && !peek_is(openers[i]); i++)
		;
	if (i == 6)
		return NULL;
	drop();
	switch (i) {
	case 0: return parse_if();
	case 1: return parse_loop(N_WHILE);
	case 2: return parse_loop(N_UNTIL);
	case 3: return parse_for();
	case 4: return parse_case();
	}
	n = new_node(N_GROUP);
	n->body = parse_list(0);
	expect("}");
	return n;
}

static struct node *parse_stage(void)
{
	struct node *n = parse_compound();
	struct redir **tail;

	if (!n)
		return parse_simple();
	for (tail = &n->redirs; peek() == T_REDIR;)
		tail = parse_redir(tail);
	return n;
}

static struct node *parse_pipeline(void)
{
	struct node *n = new_node(N_PIPE), **tail = &n->body;

	while (peek_is("!")) {
		n->negate = !n->negate;
		drop();
	}
	*tail = parse_stage();
	while (peek() == T_PIPE) {
		drop();
		skip_newlines();
		tail = &(*tail)->next;
		*tail = parse_stage();
	}
	return n->body->next || n->negate ? n : n->body;
}

static struct node *parse_and_or(void)
{
	struct node *left = parse_pipeline(), *n;

	while (peek() == T_AND || peek() == T_OR) {
		n = new_node(tok.type == T_AND ? N_AND : N_OR);
		drop();
		skip_newlines();
		n->cond = left;
		n->body = parse_pipeline();
		left = n;
	}
	return left;
}

/* Does what comes end the list that is being read? */
static int at_end(int until_newline)
{
	static const char *const closers[] = {
		"then", "elif", "else", "fi", "do", "done", "esac", "}",
	};
	int i;

	if (peek() == T_NEWLINE)
		return until_newline;
	if (peek() == T_EOF || peek() == T_RPAREN || peek() == T_DSEMI)
		return 1;
	for (i = 0; i < 8; i++)
		if (peek_is(closers[i]))
			return 1;
	return 0;
}

static struct node *parse_list(int until_newline)
{
	struct node *n = new_node(N_LIST), **tail = &n->body;

	for (;;) {
		if (!until_newline)
			skip_newlines();
		if (at_end(until_newline))
			break;
		*tail = parse_and_or();
		(*tail)->background = peek() == T_AMP;
		tail = &(*tail)->next;
		if (peek() == T_AMP || peek() == T_SEMI || (!until_newline && peek() == T_NEWLINE))
			drop();
		else
			break;
	}
	if (!n->body && !until_newline)
		unexpected();
	return n;
}

/* => null if a syntax error jumped out; *why is then 1, or 2 for ^C at the prompt */
static struct node *try_parse(int *why, int *eof)
{
	struct node *n;

	*why = setjmp(syntax);
	if (*why)
		return NULL;
	n = parse_list(1);
	if (peek() != T_NEWLINE && peek() != T_EOF)
		unexpected();
	*eof = tok.type == T_EOF;
	return n;
}

/*
 * Read one complete command, to the end of its line.
 * => null after a syntax error (the rest of the line is dropped) or for ^C at the
 *    prompt; *eof is set when nothing follows
 */
struct node *parse_command(struct input *input, struct arena *a, int *eof)
{
	struct input *saved_in = in;
	struct arena *saved_arena = arena;
	struct node *n;
	int c, why;

	in = input;
	arena = a;
	have_tok = 0;
	pending_here = NULL;
	in->line = 0;
	n = try_parse(&why, eof);
	if (!n) {
		do
			c = why == 1 && !in->at_start ? next_char() : EOF;
		while (c != EOF);
		in->peeked = NO_CHAR;
		in->at_start = 1;
		*eof = why == 1 && !in->interactive;
		last_status = why == 1 ? 2 : 130;
	}
	in = saved_in;
	arena = saved_arena;
	return n;
}
