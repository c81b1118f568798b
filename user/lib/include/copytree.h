/*
 * Copying files and trees: what cp and mv share.
 */
#ifndef _COPYTREE_H
#define _COPYTREE_H

#define COPY_RECURSIVE	1
#define COPY_ATTRIBUTES	2	/* mode, owner, times */

/* => 0, or 1 after a message; these three alike */
int copy_tree(const char *from, const char *to, int flags);
int remove_copied(const char *path);

/* Call fn for each of argv but the last, which is where to, or the directory to put it in. */
int for_each_target(int argc, char **argv, int (*fn)(const char *, const char *, int), int flags);

#endif
