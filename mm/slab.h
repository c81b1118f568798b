#ifndef MM_SLAB_H
#define MM_SLAB_H

/* Object caches and kmalloc (mm/slab.c, or mm/slob.c behind the same names). */
#include "mm/gfp.h"
#include "kernel/bitops.h"

struct kmem_cache;

#define SLAB_HWCACHE_ALIGN	0x00002000UL
#define SLAB_CACHE_DMA		0x00004000UL
#define SLAB_RED_ZONE		0x00000400UL
#define SLAB_POISON		0x00000800UL
#define SLAB_STORE_USER		0x00010000UL
#define SLAB_RECLAIM_ACCOUNT	0x00020000UL
#define SLAB_PANIC		0x00040000UL	/* panic if the cache cannot be made */
#define SLAB_DESTROY_BY_RCU	0x00080000UL	/* pages are given back only after a grace period; objects may be reused at once */

typedef void (*slab_ctor_t)(void *obj, struct kmem_cache *cachep, unsigned long flags);
#define SLAB_CTOR_CONSTRUCTOR	0x001UL

void kmem_cache_init(void);		/* boot, before anything below */
void kmem_cache_init_late(void);	/* reaping timer, once timers and work threads are */
/* => may sleep. NULL on failure. The constructor runs when a slab is made, not at each allocation. */
struct kmem_cache *kmem_cache_create(const char *name, size_t size, size_t align, unsigned long flags,
				     slab_ctor_t ctor, slab_ctor_t dtor);
int kmem_cache_shrink(struct kmem_cache *cachep);
unsigned long kmem_cache_shrink_all(void);	/* objects in use. => may sleep */
struct kmem_cache_use { const char *name; unsigned long objects; };
int kmem_cache_usage(struct kmem_cache_use *use, int max);
void kmem_cache_destroy(struct kmem_cache *cachep);	/* => no object in use */
void *kmem_cache_alloc(struct kmem_cache *cachep, gfp_t flags);
void *kmem_cache_alloc_node(struct kmem_cache *cachep, gfp_t flags, int nid);
void *kmem_cache_zalloc(struct kmem_cache *cachep, gfp_t flags);
void kmem_cache_free(struct kmem_cache *cachep, void *obj);	/* => any context */
unsigned int kmem_cache_size(struct kmem_cache *cachep);

void *__kmalloc(size_t size, gfp_t flags);	/* kmalloc without the short way of a constant size */
void *kzalloc(size_t size, gfp_t flags);
void *kcalloc(size_t n, size_t size, gfp_t flags);
void kfree(const void *obj);		/* NULL is fine. => any context */
size_t ksize(const void *obj);

#ifdef CONFIG_SLOB
static inline void *kmalloc(size_t size, gfp_t flags) { return __kmalloc(size, flags); }
#else
/* kmalloc's caches by size. The array is written at boot only. */
struct cache_sizes {
	size_t size;
	const char *name, *dma_name;
	struct kmem_cache *cachep, *dma_cachep;		/* dma_cachep: NULL without a DMA zone */
};
extern struct cache_sizes malloc_sizes[];

/* Which of them is for @size; -1: none. It vanishes where @size is a constant. */
static __always_inline int kmalloc_index(size_t size)
{
	if (size > 192)
		return size > 131072 ? -1 : size <= 256 ? 4 : 4 + fls((unsigned int)((size - 1) >> 8));
	return size <= 32 ? 0 : size <= 64 ? 1 : size <= 128 ? 2 : 3;
}

/*
 * @size bytes, aligned for any type (up to 128 KiB; a cache line if large enough). NULL: no memory, too large. 0 bytes give a
 * pointer that kfree takes. As 2.6.20, a constant size finds its cache when it is compiled.
 * => may sleep iff __GFP_WAIT
 */
static __always_inline void *kmalloc(size_t size, gfp_t flags)
{
	int i = __builtin_constant_p(size) ? kmalloc_index(size) : -1;

	return i >= 0 && !(flags & __GFP_DMA) ? kmem_cache_alloc(malloc_sizes[i].cachep, flags) : __kmalloc(size, flags);
}
#endif

/* Bytes that no object has and that are no free pages, where they count exactly: one heap keeps all its change. */
#ifdef CONFIG_SLOB
unsigned long kmem_cache_slack(void);
#else
static inline unsigned long kmem_cache_slack(void) { return 0; }
#endif

#endif
