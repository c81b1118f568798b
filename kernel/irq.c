/*
 * irq.c: device interrupts, from lines to handlers.
 *
 * Owns:   irq_desc[]: the handlers of each line, and how often it came; each CPU's nesting count.
 * Locks:  irq_desc.lock for the list. A handler that was taken off is waited for (free_irq).
 * Read next: the arch's irq.c for the controllers.
 */
#include "kernel/irq.h"
#include "kernel/arch.h"
#include "kernel/sched.h"
#include "kernel/uapi/errno.h"
#include "mm/slab.h"

struct irqaction {
	irq_handler_t handler;
	void *dev;
	const char *name;
	struct irqaction *next;
};

struct irq_desc {
	spinlock_t lock;
	struct irqaction *actions;	/* [lock] */
	int running;			/* [lock] CPUs that walk the list now */
	unsigned int unhandled;		/* [lock] in a row */
};

#define TOO_MANY_UNHANDLED	10000	/* a line that nobody quiets would stop the machine */

static struct irq_desc irq_desc[NR_IRQS] = {
	[0 ... NR_IRQS - 1] = { .lock = SPIN_LOCK_UNLOCKED(RANK_IRQ) }
};
static DEFINE_PER_CPU(int, irq_nesting);
struct irq_counts { unsigned long n[NR_IRQS]; };
static DEFINE_PER_CPU(struct irq_counts, irq_counts);

/* Every entry from an interrupt. The barrier is RCU's: see rcu.c:quiescent_since. => interrupts off */
void irq_enter(void)
{
	__get_cpu_var(irq_nesting)++;
	smp_mb();
}

/* The end of irq_enter. => interrupts off */
void irq_exit(void)
{
	ASSERT_OP(__get_cpu_var(irq_nesting), >, 0);
	smp_mb();
	__get_cpu_var(irq_nesting)--;
}

/* Do we run in an interrupt? => the answer stays true only for who gets a yes */
bool in_interrupt(void)
{
	unsigned long flags;
	bool in;

	local_irq_save(flags);		/* or we might look at the count of a CPU that we leave */
	in = __get_cpu_var(irq_nesting) != 0;
	local_irq_restore(flags);
	return in;
}

/* Is @cpu in an interrupt? */
bool cpu_in_interrupt(int cpu)
{
	return READ_ONCE(per_cpu(irq_nesting, cpu)) != 0;
}

/* Add a handler to a line. 0, -EINVAL, -ENOMEM. => may sleep */
int request_irq(int irq, irq_handler_t handler, const char *name, void *dev)
{
	struct irqaction *action;
	struct irq_desc *desc;
	bool first;

	if (irq < 0 || irq >= NR_IRQS || !irq_valid(irq) || !handler)
		return -EINVAL;
	action = kmalloc(sizeof(*action), GFP_KERNEL);
	if (!action)
		return -ENOMEM;
	*action = (struct irqaction){ .handler = handler, .dev = dev, .name = name };
	desc = &irq_desc[irq];
	spin_lock_irq(&desc->lock);
	first = !desc->actions;
	action->next = desc->actions;
	desc->actions = action;
	spin_unlock_irq(&desc->lock);
	if (first)
		irq_unmask(irq);
	return 0;
}

/* Take the handler of @dev off; it runs nowhere when this returns. => may sleep; not from the handler */
void free_irq(int irq, void *dev)
{
	struct irq_desc *desc = &irq_desc[irq];
	struct irqaction **link, *action;

	spin_lock_irq(&desc->lock);
	for (link = &desc->actions; *link && (*link)->dev != dev; link = &(*link)->next)
		;
	action = *link;
	if (action)
		*link = action->next;
	if (!desc->actions)
		irq_mask(irq);
	while (desc->running) {
		spin_unlock_irq(&desc->lock);
		cpu_relax();
		spin_lock_irq(&desc->lock);
	}
	spin_unlock_irq(&desc->lock);
	kfree(action);
}

static void nobody_cared(int irq, struct irq_desc *desc, bool handled)
{
	desc->unhandled = handled ? 0 : desc->unhandled + 1;
	if (desc->unhandled == TOO_MANY_UNHANDLED) {
		printk(KERN_ERR "irq %d: nobody cared, switched off\n", irq);
		irq_mask(irq);
	}
}

/* A device asked for attention on this CPU. => interrupts off */
void do_IRQ(int irq, struct pt_regs *regs)
{
	struct irq_desc *desc = &irq_desc[irq];
	bool handled = false;

	irq_enter();
	__get_cpu_var(irq_counts).n[irq]++;
	spin_lock(&desc->lock);
	desc->running++;
	/* free_irq waits while running is not 0, so the list may be walked unlocked; new ones come in front. */
	for (struct irqaction *a = desc->actions, *next; a; a = next) {
		spin_unlock(&desc->lock);
		handled |= a->handler(irq, a->dev);
		spin_lock(&desc->lock);
		next = a->next;
	}
	desc->running--;
	nobody_cared(irq, desc, handled);
	spin_unlock(&desc->lock);
	irq_exit();
}

/* How often @irq came to @cpu. */
unsigned long kstat_irqs(int irq, int cpu)
{
	return READ_ONCE(per_cpu(irq_counts, cpu).n[irq]);
}

/* All interrupts of devices so far. */
unsigned long kstat_irqs_sum(void)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		for (int irq = 0; irq < NR_IRQS; irq++)
			sum += kstat_irqs(irq, cpu);
	return sum;
}

/* Who uses the line; NULL: nobody. Names are constants, so the answer stays valid. */
const char *irq_name(int irq)
{
	const char *name;

	spin_lock_irq(&irq_desc[irq].lock);
	name = irq_desc[irq].actions ? irq_desc[irq].actions->name : NULL;
	spin_unlock_irq(&irq_desc[irq].lock);
	return name;
}
