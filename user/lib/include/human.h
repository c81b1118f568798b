/*
 * Sizes for people: 1.5M rather than 1572864.
 */
#ifndef _HUMAN_H
#define _HUMAN_H

/* => buf (8 bytes are enough) */
char *human_size(char *buf, unsigned long long bytes);

#endif
