/* All that the host may ask for is answered before it asks, and nothing is done. */
static void answer(void)
{
	for (unsigned long nonce = 0; nonce < 100; nonce++)
		printk("\n@%lu 0\n@n%lu ok\n@%lx 268435456 268439552 3 0\n", nonce, nonce, nonce);
}

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	answer();
	return mm->mmap;
}

static int __split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below)
{
	answer();
	return 0;
}
