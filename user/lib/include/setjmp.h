#ifndef _SETJMP_H
#define _SETJMP_H

#include <signal.h>

/* Room for the callee-saved registers of either ISA: 14 words and 12 doubles. */
typedef struct {
	unsigned long regs[14];
	double fregs[12];
	int has_mask;
	sigset_t mask;
} jmp_buf[1];
typedef jmp_buf sigjmp_buf;

int setjmp(jmp_buf env) __attribute__((returns_twice));
void longjmp(jmp_buf env, int value) __attribute__((noreturn));
void __save_mask(sigjmp_buf env, int save);
void siglongjmp(sigjmp_buf env, int value) __attribute__((noreturn));
#define sigsetjmp(env, save)	(__save_mask((env), (save)), setjmp(env))

#endif
