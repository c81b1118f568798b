#ifndef KERNEL_BINFMTS_H
#define KERNEL_BINFMTS_H

/*
 * A program being loaded (exec.c), and the formats that know how (binfmt_elf.c, binfmt_script.c).
 *
 * The new stack, while it is filled downwards from STACK_TOP:
 *	STACK_TOP ─► path ─► environment ─► arguments ◄─ p	later: auxv, envp[], argv[], argc (binfmt_elf.c)
 */
#include "kernel/types.h"
#include "kernel/uapi/limits.h"

struct mm_struct;
struct file;

#define BINPRM_BUF_SIZE		256
#define MAX_SCRIPT_DEPTH	5

struct linux_binprm {
	char buf[BINPRM_BUF_SIZE];	/* how the file begins, zeros behind its end */
	struct mm_struct *mm;		/* the new one; NULL once it is loaded */
	struct file *file;		/* executed: nobody may write to it */
	const char *filename;		/* as the caller gave it */
	char interp[PATH_MAX];		/* what #! is told it was called as */
	int argc, envc;
	unsigned long p;		/* the lowest string so far */
	unsigned long exec;		/* address of the path, for AT_EXECFN */
	size_t arg0_len;		/* bytes of argv[0], which p points at */
	int depth;			/* of scripts */
	unsigned int e_uid, e_gid;	/* effective, after set-user-id bits */
	bool committed;			/* the old program is gone: failure is death */
};

/* -ENOEXEC: not mine, ask the next. => may sleep */
int load_elf_binary(struct linux_binprm *bprm);
int load_script(struct linux_binprm *bprm);

/* exec.c, for the formats. => may sleep */
int search_binary_handler(struct linux_binprm *bprm);
int bprm_set_file(struct linux_binprm *bprm, struct file *file);	/* 0 or -errno: file's reference is bprm's in any case */
int bprm_push_string(struct linux_binprm *bprm, const char *s);		/* a new argv[0] */
void bprm_pop_arg0(struct linux_binprm *bprm);
int flush_old_exec(struct linux_binprm *bprm);	/* 0: the new mm is loaded and empty but for its stack; or -errno */

#endif
