/*
 * fdt.c: reads the flattened device tree.
 *
 *	header ─► memory reservations: (base, size) …, (0, 0)
 *	       ─► structure: tokens, big-endian words: BEGIN_NODE name, PROP len nameoff value, …, END_NODE, …, END
 *	       ─► strings: the properties' names
 *
 * The tree comes from the firmware and is taken as well formed; addresses in it are CPU addresses (all `ranges' of
 * this machine's buses are empty). Boot only, by one CPU. Read next: setup.c, irq.c.
 */
#include "arch-riscv/fdt.h"
#include "kernel/printk.h"
#include "kernel/lib/string.h"

#define FDT_MAGIC	0xd00dfeed
#define FDT_BEGIN_NODE	1
#define FDT_END_NODE	2
#define FDT_PROP	3
#define FDT_NOP		4
#define FDT_END		9
#define MAX_DEPTH	8

struct fdt_header {
	u32 magic, totalsize, off_dt_struct, off_dt_strings, off_mem_rsvmap;
	u32 version, last_comp_version, boot_cpuid, size_dt_strings, size_dt_struct;
};

static const struct fdt_header *fdt;

static u32 be32(const void *p)
{
	return __builtin_bswap32(*(const u32 *)p);
}

static u64 be_cells(const u32 *cell, u32 n)
{
	u64 v = 0;

	for (; n; n--)
		v = v << 32 | be32(cell++);
	return v;
}

/* A part of the blob, by a field of its header. */
static const void *fdt_part(const u32 *offset)
{
	return (const char *)fdt + be32(offset);
}

/* See fdt.h. */
bool fdt_open(const void *blob)
{
	fdt = blob;
	return be32(&fdt->magic) == FDT_MAGIC;
}

/* The blob's bytes. */
unsigned long fdt_size(void)
{
	return be32(&fdt->totalsize);
}

/* See fdt.h. */
bool fdt_reserved(int i, phys_t *base, phys_t *size)
{
	const u32 *entry = (const u32 *)fdt_part(&fdt->off_mem_rsvmap) + 4 * i;

	*base = be_cells(entry, 2);
	*size = be_cells(entry + 2, 2);
	return *size != 0;
}

/* Behind the property at @p, whose token has been looked at. */
static const u32 *skip_prop(const u32 *p)
{
	return p + 3 + DIV_ROUND_UP(be32(p + 1), 4);
}

/* See fdt.h. */
const void *fdt_prop(const struct fdt_node *node, const char *name, int *len)
{
	const char *strings = fdt_part(&fdt->off_dt_strings);
	const u32 *p = node->props;

	for (;; ) {
		u32 token = be32(p);

		if (token == FDT_NOP) {
			p++;
			continue;
		}
		if (token != FDT_PROP)
			return NULL;
		if (!strcmp(strings + be32(p + 2), name)) {
			*len = (int)be32(p + 1);
			return p + 3;
		}
		p = skip_prop(p);
	}
}

/* See fdt.h. */
const char *fdt_string(const struct fdt_node *node, const char *name)
{
	int len;
	const char *s = fdt_prop(node, name, &len);

	return s ? s : "";
}

/* See fdt.h. */
bool fdt_cell(const struct fdt_node *node, const char *name, int i, u32 *value)
{
	int len;
	const u32 *cells = fdt_prop(node, name, &len);

	if (!cells || len < 4 * (i + 1))
		return false;
	*value = be32(cells + i);
	return true;
}

/* See fdt.h. */
bool fdt_reg(const struct fdt_node *node, int i, phys_t *base, phys_t *size)
{
	u32 ac = node->parent ? node->parent->address_cells : 2;
	u32 sc = node->parent ? node->parent->size_cells : 1;
	int len;
	const u32 *cells = fdt_prop(node, "reg", &len);

	if (!cells || len < 4 * (int)(ac + sc) * (i + 1))
		return false;
	cells += (int)(ac + sc) * i;
	*base = be_cells(cells, ac);
	*size = be_cells(cells + ac, sc);
	return true;
}

/* See fdt.h. */
bool fdt_is_compatible(const struct fdt_node *node, const char *what)
{
	int len;
	const char *s = fdt_prop(node, "compatible", &len);

	for (; s && len > 0; len -= (int)strlen(s) + 1, s += strlen(s) + 1)
		if (!strcmp(s, what))
			return true;
	return false;
}

/* See fdt.h. */
bool fdt_child_of(const struct fdt_node *node, const char *parent)
{
	size_t n = strlen(parent);

	return node->parent && !strncmp(node->parent->name, parent, n) &&
	       (!node->parent->name[n] || node->parent->name[n] == '@');
}

/* See fdt.h. */
bool fdt_available(const struct fdt_node *node)
{
	const char *status = fdt_string(node, "status");

	return !*status || !strcmp(status, "okay") || !strcmp(status, "ok");
}

static void fill_node(struct fdt_node *node, const struct fdt_node *parent, const char *name, const void *props)
{
	*node = (struct fdt_node){ .name = name, .parent = parent, .props = props, .address_cells = 2, .size_cells = 1,
				   .interrupt_parent = parent ? parent->interrupt_parent : 0 };
	fdt_cell(node, "#address-cells", 0, &node->address_cells);
	fdt_cell(node, "#size-cells", 0, &node->size_cells);
	fdt_cell(node, "phandle", 0, &node->phandle);
	fdt_cell(node, "interrupt-parent", 0, &node->interrupt_parent);
}

/* See fdt.h. */
void fdt_walk(void (*visit)(const struct fdt_node *node))
{
	const u32 *p = fdt_part(&fdt->off_dt_struct);
	struct fdt_node path[MAX_DEPTH];
	int depth = 0;

	for (;; ) {
		switch (be32(p++)) {
		case FDT_BEGIN_NODE: {
			const char *name = (const char *)p;

			p += strlen(name) / 4 + 1;
			if (depth == MAX_DEPTH)
				panic("device tree: %s is nested more than %d deep", name, MAX_DEPTH);
			fill_node(&path[depth], depth ? &path[depth - 1] : NULL, name, p);
			visit(&path[depth++]);
			break;
		}
		case FDT_END_NODE:
			depth--;
			break;
		case FDT_PROP:
			p = skip_prop(p - 1);
			break;
		case FDT_NOP:
			break;
		default:
			return;
		}
	}
}
