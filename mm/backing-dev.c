/*
 * backing-dev.c: is a device congested, and waiting until one is not.
 *
 * Owns:   the congestion bits in backing_dev_info.state, and two queues, for readers and writers, of all devices together.
 * Locks:  the bits are atomic.
 * Read next: page-writeback.c (who waits); the block layer's request queue sets and clears the bits.
 */
#include "mm/backing-dev.h"
#include "kernel/sched.h"

static wait_queue_head_t congestion_queue[2] = {
	{ .lock = SPIN_LOCK_UNLOCKED(RANK_WAITQUEUE), .task_list = LIST_HEAD_INIT(congestion_queue[0].task_list) },
	{ .lock = SPIN_LOCK_UNLOCKED(RANK_WAITQUEUE), .task_list = LIST_HEAD_INIT(congestion_queue[1].task_list) },
};

static unsigned int congestion_bit(int rw)
{
	return rw ? BDI_write_congested : BDI_read_congested;
}

/* The queue of @bdi is almost full of reads (@rw 0) or writes (1). => any context */
void set_bdi_congested(struct backing_dev_info *bdi, int rw)
{
	set_bit(congestion_bit(rw), &bdi->state);
}

/* There is room again. => any context */
void clear_bdi_congested(struct backing_dev_info *bdi, int rw)
{
	clear_bit(congestion_bit(rw), &bdi->state);
	smp_mb();
	if (waitqueue_active(&congestion_queue[rw]))
		wake_up_all(&congestion_queue[rw]);
}

/*
 * Wait until some device, any, stops being congested, at most @timeout jiffies; even if none is now: the caller wants
 * time to pass. The jiffies left. => may sleep
 */
long congestion_wait(int rw, long timeout)
{
	DEFINE_WAIT(wait);

	prepare_to_wait(&congestion_queue[rw], &wait, TASK_UNINTERRUPTIBLE);
	timeout = io_schedule_timeout(timeout);
	finish_wait(&congestion_queue[rw], &wait);
	return timeout;
}
