#ifndef MM_SLAB_DEF_H
#define MM_SLAB_DEF_H

/*
 * The inside of the slab allocator: for slab*.c and its tests only.
 *
 *	kmem_cache ─ array[cpu] ─► array_cache: objects ready for this CPU, last in first out
 *	    └ nodelists[node] ─► kmem_list3 ─ shared ─► array_cache of all CPUs of the node
 *	                             ├ slabs_partial ─► slab ⇄ slab …     some objects free
 *	                             ├ slabs_full    ─► slab ⇄ slab …     none
 *	                             └ slabs_free    ─► slab ⇄ slab …     all
 *
 *	a slab, 2^gfporder pages:   [colour offset][struct slab, bufctl[num]][object 0][object 1] … [left over]
 *	off-slab:                   [colour offset][object 0][object 1] …     its struct slab lies in a kmalloc cache
 *
 *	an object, DEBUG:           [red zone][ what the user gets ][red zone][last user]
 *	each page of a slab:        lru.next = the cache, lru.prev = the struct slab
 *
 * Lock letters: [c] own CPU with interrupts off  [l] kmem_list3->list_lock  [x] cache_chain_mutex  [b] constant
 */
#include "mm/slab.h"
#include "mm/internal.h"
#include "kernel/mutex.h"
#include "kernel/rcu.h"

typedef unsigned int kmem_bufctl_t;	/* index of the next free object of a slab */
#define BUFCTL_END	((kmem_bufctl_t)~0u)
#define BUFCTL_FREE	((kmem_bufctl_t)~0u - 1)	/* DEBUG: not in use */
#define BUFCTL_ACTIVE	((kmem_bufctl_t)~0u - 2)	/* DEBUG: in use */
#define SLAB_LIMIT	((kmem_bufctl_t)~0u - 3)

struct array_cache {
	unsigned int avail;		/* [c]; shared: [l] */
	unsigned int limit;
	unsigned int batchcount;
	unsigned int touched;		/* used since the last reap */
	void *entry[];			/* the latest at avail - 1 */
};

struct kmem_list3 {
	spinlock_t list_lock;		/* irq-safe */
	struct list_head slabs_partial, slabs_full, slabs_free;	/* [l] */
	unsigned long free_objects;	/* [l] in partial and free slabs */
	unsigned int free_limit;	/* [l] above it, empty slabs are given back */
	unsigned int colour_next;	/* [l] */
	struct array_cache *shared;	/* [l] NULL: none */
	unsigned long next_reap;	/* jiffies; updated by whoever reaps */
	int free_touched;		/* free slabs were needed since the last reap */
};

struct slab {
	struct list_head list;		/* [l] */
	unsigned long colouroff;	/* [b] */
	void *s_mem;			/* [b] first object */
	unsigned int inuse;		/* [l] objects out of the slab, those in arrays too */
	kmem_bufctl_t free;		/* [l] */
	unsigned short nodeid;		/* [b] whose lists it is on */
};

/* What a struct slab turns into while it waits for a grace period. */
struct slab_rcu {
	struct rcu_head head;
	struct kmem_cache *cachep;
	void *addr;
};

struct kmem_cache {
	struct array_cache *array[NR_CPUS];
	unsigned int batchcount, limit, shared;	/* [x] */
	unsigned int buffer_size;	/* [b] from object to object */
	unsigned long flags;		/* [b] SLAB_*, CFLGS_* */
	unsigned int num;		/* [b] objects a slab */
	unsigned int gfporder;		/* [b] */
	gfp_t gfpflags;			/* [b] zone */
	unsigned int colour;		/* [b] how many offsets there are */
	unsigned int colour_off;	/* [b] step between two */
	struct kmem_cache *slabp_cache;	/* [b] for off-slab management */
	unsigned int slab_size;		/* [b] bytes of management */
	slab_ctor_t ctor, dtor;		/* [b] */
	const char *name;		/* [b] */
	struct list_head next;		/* [x] */
	int obj_offset, obj_size;	/* [b] the user's part of an object */
	struct kmem_list3 *nodelists[MAX_NUMNODES];
};

#define CFLGS_OFF_SLAB		0x80000000UL
#define OFF_SLAB(c)		((c)->flags & CFLGS_OFF_SLAB)
#define BYTES_PER_WORD		sizeof(void *)
#define KMALLOC_MAX_ORDER	5	/* largest object: 128 KiB */
#define L1_CACHE_BYTES		64

extern struct list_head cache_chain;	/* [x] all caches, those of kmalloc first */
extern struct mutex cache_chain_mutex;

static inline struct array_cache *cpu_cache_get(struct kmem_cache *cachep) { return cachep->array[smp_processor_id()]; }
static inline struct kmem_cache *page_get_cache(const struct page *page) { return (struct kmem_cache *)(void *)page->lru.next; }
static inline struct slab *page_get_slab(const struct page *page) { return (struct slab *)(void *)page->lru.prev; }
static inline struct kmem_cache *virt_to_cache(const void *obj) { return page_get_cache(virt_to_page(obj)); }
static inline struct slab *virt_to_slab(const void *obj) { return page_get_slab(virt_to_page(obj)); }
static inline kmem_bufctl_t *slab_bufctl(struct slab *slabp) { return (kmem_bufctl_t *)(slabp + 1); }
static inline void *index_to_obj(struct kmem_cache *cachep, struct slab *slabp, unsigned int i) { return (char *)slabp->s_mem + cachep->buffer_size * i; }
static inline unsigned int obj_to_index(struct kmem_cache *cachep, struct slab *slabp, const void *obj)
{
	return (unsigned int)((const char *)obj - (char *)slabp->s_mem) / cachep->buffer_size;
}

/*
 * Where everything lies in an object of @size bytes, and in a slab of them; into @cachep. False: no slab can hold it.
 * => nobody uses @cachep yet; the caches that off-slab management may come from are there
 */
bool layout_cache(struct kmem_cache *cachep, size_t size, size_t align, unsigned long flags);
extern unsigned int slab_break_gfp_order;	/* [b] a larger slab is made only if no smaller one can hold an object */

/*
 * All caches' turn with this CPU's reaper, the youngest cache first. False: the chain is busy, and nothing was done.
 * => the caller stays on this CPU; may sleep
 */
bool cache_reap_pass(void);

/* Give new limits to @cachep's arrays; 0 or -ENOMEM. => cache_chain_mutex held */
int do_tune_cpucache(struct kmem_cache *cachep, unsigned int limit, unsigned int batchcount, unsigned int shared);

/* ---- slab_debug.c: called in a debug build only ---- */
unsigned long slab_debug_flags(size_t size, unsigned long flags);	/* what a cache of this size can have */
void slab_debug_init_obj(struct kmem_cache *cachep, void *obj);	/* a new object, before its constructor */
void slab_debug_check_new(struct kmem_cache *cachep, void *obj);	/* after the constructor: it stayed inside */
/* The object leaves; returns what the user gets. */
void *slab_debug_alloc(struct kmem_cache *cachep, void *obj, gfp_t gfp, void *caller);
/* The user's object comes back; panics on a double free, a foreign pointer, an overrun. Returns the whole object. */
void *slab_debug_free(struct kmem_cache *cachep, void *obj, void *caller);
void slab_debug_destroy(struct kmem_cache *cachep, struct slab *slabp);	/* nobody wrote to its free objects */
void kfree_check(const void *obj);	/* panics unless it is in a slab */
/* Who has the objects of this cache that are still in use: into the log, some of them. */
void slab_debug_leaks(struct kmem_cache *cachep);

#endif
