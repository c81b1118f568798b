/*
 * Fixed-width types for the headers that the kernel shares with programs. They come
 * from the compiler alone, so that neither side's own types are needed.
 */
#ifndef UAPI_TYPES_H
#define UAPI_TYPES_H

typedef __UINT8_TYPE__ __u8;
typedef __UINT16_TYPE__ __u16;
typedef __UINT32_TYPE__ __u32;
typedef unsigned long long __u64;
typedef __INT8_TYPE__ __s8;
typedef __INT16_TYPE__ __s16;
typedef __INT32_TYPE__ __s32;
typedef long long __s64;

typedef unsigned long __kernel_ulong_t;
typedef long __kernel_long_t;
typedef long __kernel_clock_t;
typedef long __kernel_off_t;
typedef long long __kernel_loff_t;
typedef int __kernel_pid_t;
typedef unsigned int __kernel_uid32_t;
typedef unsigned int __kernel_gid32_t;

#endif
