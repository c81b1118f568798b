/*
 * slab_debug.c: red zones, poison and last users of slab objects, in a debug build.
 *
 * Owns:   the words around objects.
 * Locks:  none: an object's words belong to whoever has the object.
 * Read next: slab.c.
 *
 *	[red zone 1][ the user's bytes ][red zone 2][last user: who allocated or freed it]
 *	free:    INACTIVE, bytes 0x6b … 0xa5, INACTIVE		never used: bytes 0x5a … 0xa5
 *	in use:  ACTIVE                       ACTIVE
 */
#include "mm/slab_def.h"
#include "kernel/kallsyms.h"
#include "kernel/lib/string.h"

#define RED_INACTIVE	((unsigned long)0x09f911029d74e35bULL)
#define RED_ACTIVE	((unsigned long)0xd84156c5635688c0ULL)
#define POISON_INUSE	0x5a
#define POISON_FREE	0x6b
#define POISON_END	0xa5

static unsigned long *redzone1(struct kmem_cache *cachep, void *obj)
{
	return (unsigned long *)((char *)obj + cachep->obj_offset - BYTES_PER_WORD);
}

static unsigned long *redzone2(struct kmem_cache *cachep, void *obj)
{
	unsigned int words = cachep->flags & SLAB_STORE_USER ? 2 : 1;

	return (unsigned long *)((char *)obj + cachep->buffer_size - words * BYTES_PER_WORD);
}

static void **last_user(struct kmem_cache *cachep, void *obj)
{
	return (void **)((char *)obj + cachep->buffer_size - BYTES_PER_WORD);
}

static unsigned char *user_bytes(struct kmem_cache *cachep, void *obj)
{
	return (unsigned char *)obj + cachep->obj_offset;
}

static void poison_obj(struct kmem_cache *cachep, void *obj, unsigned char value)
{
	unsigned char *p = user_bytes(cachep, obj);

	memset(p, value, (size_t)cachep->obj_size);
	p[cachep->obj_size - 1] = POISON_END;
}

static void set_redzones(struct kmem_cache *cachep, void *obj, unsigned long value)
{
	if (cachep->flags & SLAB_RED_ZONE)
		*redzone1(cachep, obj) = *redzone2(cachep, obj) = value;
}

static void set_last_user(struct kmem_cache *cachep, void *obj, void *caller)
{
	if (cachep->flags & SLAB_STORE_USER)
		*last_user(cachep, obj) = caller;
}

static __noreturn void slab_error(struct kmem_cache *cachep, void *obj, const char *what, unsigned long detail)
{
	char who[64] = "not recorded";

	if (cachep->flags & SLAB_STORE_USER)
		sprint_symbol(who, sizeof(who), (unsigned long)*last_user(cachep, obj));
	panic("slab %s: %s: object %p, %lx, last user %s", cachep->name, what, user_bytes(cachep, obj), detail, who);
}

/* A free object must be as it was when it was freed (0x6b) or made (0x5a). */
static void check_poison_obj(struct kmem_cache *cachep, void *obj)
{
	unsigned char *p = user_bytes(cachep, obj);
	int last = cachep->obj_size - 1, bad;

	for (bad = 0; bad < last && (p[bad] == POISON_FREE || p[bad] == POISON_INUSE); bad++)
		;
	if (bad < last || p[last] != POISON_END)
		slab_error(cachep, obj, "written to while free, at offset", (unsigned long)bad);
}

static void check_redzones(struct kmem_cache *cachep, void *obj, unsigned long want, const char *what)
{
	if (!(cachep->flags & SLAB_RED_ZONE))
		return;
	if (*redzone1(cachep, obj) != want)
		slab_error(cachep, obj, what, *redzone1(cachep, obj));
	if (*redzone2(cachep, obj) != want)
		slab_error(cachep, obj, what, *redzone2(cachep, obj));
}

unsigned long slab_debug_flags(size_t size, unsigned long flags)
{
	unsigned long debug = 0;

	/* Not where three words more would double the slab. */
	if (size < PAGE_SIZE || fls((unsigned int)(size - 1)) == fls((unsigned int)(size - 1 + 3 * BYTES_PER_WORD)))
		debug |= SLAB_RED_ZONE | SLAB_STORE_USER;
	if (!(flags & SLAB_DESTROY_BY_RCU))	/* its users may look at free objects */
		debug |= SLAB_POISON;
	return debug;
}

void slab_debug_init_obj(struct kmem_cache *cachep, void *obj)
{
	if (cachep->flags & SLAB_POISON)
		poison_obj(cachep, obj, POISON_INUSE);
	set_redzones(cachep, obj, RED_INACTIVE);
	set_last_user(cachep, obj, NULL);
}

void slab_debug_check_new(struct kmem_cache *cachep, void *obj)
{
	check_redzones(cachep, obj, RED_INACTIVE, "the constructor wrote outside");
}

void *slab_debug_alloc(struct kmem_cache *cachep, void *obj, gfp_t gfp, void *caller)
{
	if (cachep->flags & SLAB_POISON) {
		check_poison_obj(cachep, obj);
		poison_obj(cachep, obj, POISON_INUSE);
	}
	check_redzones(cachep, obj, RED_INACTIVE, "red zone of a free object overwritten");
	set_redzones(cachep, obj, RED_ACTIVE);
	set_last_user(cachep, obj, caller);
	if (cachep->ctor && cachep->flags & SLAB_POISON)	/* poison wiped out what it had done */
		cachep->ctor(user_bytes(cachep, obj), cachep, SLAB_CTOR_CONSTRUCTOR);
	return user_bytes(cachep, obj);
}

void kfree_check(const void *obj)
{
	unsigned long pfn = (unsigned long)(__pa(obj) >> PAGE_SHIFT);

	if ((unsigned long)obj < PAGE_OFFSET || !pfn_valid(pfn) || !PageSlab(pfn_to_page(pfn)))
		panic("kfree: %p is not in a slab", obj);
}

void *slab_debug_free(struct kmem_cache *cachep, void *obj, void *caller)
{
	struct slab *slabp;
	unsigned int i;

	kfree_check(obj);
	obj = (char *)obj - cachep->obj_offset;
	slabp = virt_to_slab(obj);
	i = obj_to_index(cachep, slabp, obj);
	if (virt_to_cache(obj) != cachep || i >= cachep->num || obj != index_to_obj(cachep, slabp, i))
		panic("slab %s: %p is no object of it", cachep->name, obj);
	if (cachep->flags & SLAB_RED_ZONE) {
		if (*redzone1(cachep, obj) == RED_INACTIVE && *redzone2(cachep, obj) == RED_INACTIVE)
			slab_error(cachep, obj, "freed twice", 0);
		check_redzones(cachep, obj, RED_ACTIVE, "written to outside of the object");
	}
	set_redzones(cachep, obj, RED_INACTIVE);
	set_last_user(cachep, obj, caller);
	if (cachep->flags & SLAB_POISON)
		poison_obj(cachep, obj, POISON_FREE);
	return obj;
}

void slab_debug_destroy(struct kmem_cache *cachep, struct slab *slabp)
{
	for (unsigned int i = 0; i < cachep->num; i++) {
		void *obj = index_to_obj(cachep, slabp, i);

		if (cachep->flags & SLAB_POISON)
			check_poison_obj(cachep, obj);
		check_redzones(cachep, obj, RED_INACTIVE, "red zone of a free object overwritten");
	}
}

static void leaks_of_slab(struct kmem_cache *cachep, struct slab *slabp)
{
	char who[64] = "not recorded";

	for (unsigned int i = 0; i < cachep->num; i++) {
		void *obj = index_to_obj(cachep, slabp, i);

		if (slab_bufctl(slabp)[i] != BUFCTL_ACTIVE)
			continue;
		if (cachep->flags & SLAB_STORE_USER)
			sprint_symbol(who, sizeof(who), (unsigned long)*last_user(cachep, obj));
		printk(KERN_ERR "  %s: object %p from %s\n", cachep->name, user_bytes(cachep, obj), who);
	}
}

void slab_debug_leaks(struct kmem_cache *cachep)
{
	struct slab *slabp;
	int nid;

	for_each_online_node(nid) {
		list_for_each_entry(slabp, &cachep->nodelists[nid]->slabs_partial, list)
			leaks_of_slab(cachep, slabp);
		list_for_each_entry(slabp, &cachep->nodelists[nid]->slabs_full, list)
			leaks_of_slab(cachep, slabp);
	}
}
