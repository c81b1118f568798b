#ifndef _SYS_IPC_H
#define _SYS_IPC_H

typedef int key_t;

#endif
