/* The smallest static program: exit(0) and nothing else. */
void _start(void)
{
#if defined(__i386__)
	__asm__ volatile("int $0x80" : : "a"(1), "b"(0));
#elif defined(__riscv)
	register long a0 __asm__("a0") = 0, a7 __asm__("a7") = 93;
	__asm__ volatile("ecall" : : "r"(a0), "r"(a7));
#endif
	for (;;)
		;
}
