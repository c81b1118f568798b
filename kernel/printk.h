#ifndef KERNEL_PRINTK_H
#define KERNEL_PRINTK_H

/*
 * The kernel log, assertions and the end of the world.
 * BUG_ON is for broken invariants in both builds; ASSERT vanishes in release and prints values.
 */
#include "kernel/types.h"

#define KERN_EMERG	"<0>"
#define KERN_ALERT	"<1>"
#define KERN_CRIT	"<2>"
#define KERN_ERR	"<3>"
#define KERN_WARNING	"<4>"
#define KERN_NOTICE	"<5>"
#define KERN_INFO	"<6>"
#define KERN_DEBUG	"<7>"

struct pt_regs;

/* => any context, interrupts included; never sleeps; goes to the ring and, by level, the console. */
int printk(const char *fmt, ...) __printf(1, 2);
int vprintk(const char *fmt, __builtin_va_list args);
/* True at most ten times in five seconds for each caller's @state: for messages that a user can provoke. */
struct ratelimit { u64 begin; int printed; };
bool printk_ratelimit(struct ratelimit *state);

/* Where the log goes: the arch's polled writes until a driver takes over, who is told the whole log so far if @replay. */
void register_console(void (*write)(const char *s, size_t n), bool replay);
/* syslog(2)'s actions, for /proc/kmsg too; @buf is a user's. => may sleep for type 2 */
int do_syslog(int type, char *buf, int len);
void set_log_buf_len(const char *value);
void log_buf_init(void);		/* => boot, vmalloc works */
void printk_tick(void);			/* wakes readers of the log: printk itself may not */
extern int console_loglevel;
extern int oops_in_progress;		/* a panic is being told: locks do not count */
extern int panic_timeout;		/* panic=: seconds until restart; 0: power off at once */

int snprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);
int vsnprintf(char *buf, size_t size, const char *fmt, __builtin_va_list args);
int scnprintf(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

/* Registers, symbolised backtraces of all CPUs, memory state; powers off with PANIC_EXIT_CODE. */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
/* As panic, for an exception in kernel mode with these registers. */
void die(const char *what, struct pt_regs *regs) __noreturn;
void panic_stop_cpu(struct pt_regs *regs) __noreturn;	/* the others' part: tell where we are, when asked. => interrupts off */
void dump_stack(void);

#define TAINT_BAD_PAGE	(1UL << 5)	/* a page was not in the state it should be */
extern unsigned long tainted;		/* /proc/sys/kernel/tainted */
void add_taint(unsigned long flags);
const char *print_tainted(void);	/* for messages: "Not tainted", or the letters of what did */
void warn_at(const char *file, int line, const char *cond);
#define PANIC_EXIT_CODE	101

#define BUG()		panic("BUG at %s:%d (%s)", __FILE__, __LINE__, __func__)
#define BUG_ON(c)	do { if (unlikely(c)) panic("BUG at %s:%d: %s", __FILE__, __LINE__, #c); } while (0)
#define WARN_ON(c)	({ bool _w = !!(c); if (unlikely(_w)) warn_at(__FILE__, __LINE__, #c); _w; })

#ifdef CONFIG_DEBUG
#define ASSERT(c)	do { if (unlikely(!(c))) panic("ASSERT at %s:%d: %s", __FILE__, __LINE__, #c); } while (0)
/* Two values and how they must stand to each other; both are printed. */
#define ASSERT_OP(a, op, b) do {							\
	long _x = (long)(a), _y = (long)(b);						\
	if (unlikely(!(_x op _y)))							\
		panic("ASSERT at %s:%d: %s (%lx) " #op " %s (%lx)",			\
		      __FILE__, __LINE__, #a, _x, #b, _y);				\
} while (0)
#else
#define ASSERT(c)		((void)sizeof(!(c)))
#define ASSERT_OP(a, op, b)	((void)sizeof((a) op (b)))
#endif

#define MAX_ERRNO	4095
static inline void *ERR_PTR(long err) { return (void *)err; }
static inline long PTR_ERR(const void *p) { return (long)p; }
static inline bool IS_ERR(const void *p) { return (unsigned long)p >= (unsigned long)-MAX_ERRNO; }

#endif
