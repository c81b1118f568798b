/* There must be something left of a hole. */
static unsigned long lowest_hole(struct rb_node *node, const struct hole_query *q)
{
	for (; node && vma_of(node)->max_hole >= q->len; node = node->rb_right) {
		struct vm_area_struct *vma = vma_of(node);
		unsigned long end = min(hole_end(vma), q->high), start = max(hole_end(vma) - vma->hole, q->low), found;

		if (vma->vm_start <= q->low)		/* all on the left lies too low */
			continue;
		found = lowest_hole(node->rb_left, q);
		if (found)
			return found;
		if (vma->hole && end > start && end - start > q->len)
			return start;
		if (vma->vm_end >= q->high)
			break;
	}
	return 0;
}
static unsigned long highest_hole(struct rb_node *node, const struct hole_query *q)
{
	for (; node && vma_of(node)->max_hole >= q->len; node = node->rb_left) {
		struct vm_area_struct *vma = vma_of(node);
		unsigned long end = min(hole_end(vma), q->high), start = max(hole_end(vma) - vma->hole, q->low), found;

		if (vma->vm_end < q->high) {		/* else all on the right lies too high */
			found = highest_hole(node->rb_right, q);
			if (found)
				return found;
		}
		if (vma->hole && end > start && end - start > q->len)
			return end - q->len;
		if (vma->vm_start <= q->low)
			break;
	}
	return 0;
}
