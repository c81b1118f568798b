/*
 * readv(2) and writev(2).
 */
#ifndef UAPI_UIO_H
#define UAPI_UIO_H

struct iovec {
	void *iov_base;
	__SIZE_TYPE__ iov_len;
};

#define UIO_FASTIOV	8
#define UIO_MAXIOV	1024

#endif
