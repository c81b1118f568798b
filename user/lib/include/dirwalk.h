/*
 * Doing something with all that is in a directory.
 */
#ifndef _DIRWALK_H
#define _DIRWALK_H

/*
 * Calls @each with the path of all that is in directory @path, itself and its parent left out.
 * => all that @each returned, or-ed; with 1 if something could not be read, after a message
 */
int each_inside(const char *path, int (*each)(const char *child));

#endif
