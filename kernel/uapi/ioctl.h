/*
 * ioctl(2) numbers: how they are built, and those of terminals, files and disks.
 */
#ifndef UAPI_IOCTL_H
#define UAPI_IOCTL_H

#define _IOC(dir, type, nr, size) \
	((dir) << 30 | (size) << 16 | (type) << 8 | (nr))
#define _IO(type, nr)		_IOC(0U, (type), (nr), 0)
#define _IOW(type, nr, arg)	_IOC(1U, (type), (nr), sizeof(arg))
#define _IOR(type, nr, arg)	_IOC(2U, (type), (nr), sizeof(arg))
#define _IOWR(type, nr, arg)	_IOC(3U, (type), (nr), sizeof(arg))

#define TCGETS		0x5401
#define TCSETS		0x5402
#define TCSETSW		0x5403
#define TCSETSF		0x5404
#define TCGETA		0x5405
#define TCSBRK		0x5409
#define TCXONC		0x540A
#define TCFLSH		0x540B
#define TIOCSCTTY	0x540E
#define TIOCGPGRP	0x540F
#define TIOCSPGRP	0x5410
#define TIOCOUTQ	0x5411
#define TIOCSTI		0x5412
#define TIOCGWINSZ	0x5413
#define TIOCSWINSZ	0x5414
#define FIONREAD	0x541B
#define TIOCINQ		FIONREAD
#define FIONBIO		0x5421
#define TIOCNOTTY	0x5422
#define TCSBRKP		0x5425
#define TIOCGSID	0x5429
#define FIONCLEX	0x5450
#define FIOCLEX		0x5451

#define BLKROGET	_IO(0x12, 94)
#define BLKGETSIZE	_IO(0x12, 96)
#define BLKFLSBUF	_IO(0x12, 97)
#define BLKSSZGET	_IO(0x12, 104)
#define BLKBSZGET	_IOR(0x12, 112, __SIZE_TYPE__)
#define BLKGETSIZE64	_IOR(0x12, 114, __SIZE_TYPE__)

#endif
