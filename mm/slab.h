#ifndef MM_SLAB_H
#define MM_SLAB_H

/* Object caches and kmalloc (mm/slab.c, or mm/slob.c behind the same names). */
#include "mm/gfp.h"

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
const char *kmem_cache_name(struct kmem_cache *cachep);

void *kmalloc(size_t size, gfp_t flags);	/* NULL on failure; 0 bytes gives a pointer that kfree takes */
void *kzalloc(size_t size, gfp_t flags);
void *kcalloc(size_t n, size_t size, gfp_t flags);
void kfree(const void *obj);		/* NULL is fine. => any context */
size_t ksize(const void *obj);

/* Bytes that no object has and that are no free pages, where they count exactly: one heap keeps all its change. */
#ifdef CONFIG_SLOB
unsigned long kmem_cache_slack(void);
#else
static inline unsigned long kmem_cache_slack(void) { return 0; }
#endif

#endif
