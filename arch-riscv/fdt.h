#ifndef ARCH_FDT_H
#define ARCH_FDT_H

/*
 * The flattened device tree that the firmware hands over (fdt.c). A walk visits each node, parents first; what it
 * passes is good only during the visit.
 */
#include "kernel/types.h"

struct fdt_node {
	const char *name;			/* with its @unit-address */
	const struct fdt_node *parent;		/* NULL for the root */
	const void *props;			/* where its properties begin */
	u32 address_cells, size_cells;		/* of its children's reg */
	u32 phandle;				/* 0: none */
	u32 interrupt_parent;			/* phandle, its own or inherited */
};

/* False if there is no device tree at @blob. => before all others */
bool fdt_open(const void *blob);
unsigned long fdt_size(void);
void fdt_walk(void (*visit)(const struct fdt_node *node));
/* The @i-th entry of the memory reservation block; false at its end. */
bool fdt_reserved(int i, phys_t *base, phys_t *size);

/* The value and its length in bytes, or NULL. */
const void *fdt_prop(const struct fdt_node *node, const char *name, int *len);
const char *fdt_string(const struct fdt_node *node, const char *name);	/* "" if there is none */
/* Cell @i of a property. False if it is not there. */
bool fdt_cell(const struct fdt_node *node, const char *name, int i, u32 *value);
/* Entry @i of reg, by the parent's cell sizes. */
bool fdt_reg(const struct fdt_node *node, int i, phys_t *base, phys_t *size);
bool fdt_is_compatible(const struct fdt_node *node, const char *what);
/* Is it a child of @parent ("/" separates nothing: one name, its unit address left out), and is its status fit for use? */
bool fdt_child_of(const struct fdt_node *node, const char *parent);
bool fdt_available(const struct fdt_node *node);

#endif
