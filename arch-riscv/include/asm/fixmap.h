#ifndef ASM_FIXMAP_H
#define ASM_FIXMAP_H

/* No fixed slots: the direct map reaches all memory and all device registers. */

#endif
