/*
 * super.c: mounting, unmounting, and what is done about a broken filesystem.
 *
 * Owns:   struct ext2_sb, the superblock's and the group descriptors' buffers, the cache of inodes.
 * Locks:  s_umount is held by the VFS for mount, remount and unmount; s_lock while totals are copied.
 * Read next: ext2.h (the structures), inode.c.
 *
 *	mount: magic ─► features ─► geometry ─► descriptors ─► root ─► marked in use
 *
 * While it is mounted for writing the disk says "not clean"; the state found at mount comes back at unmount, unless
 * ext2_error was called: then the filesystem is read-only and stays marked for e2fsck.
 */
#include "kernel/fs/ext2/ext2.h"

#define EXT2_MAX_ERROR_TEXT	160

static struct kmem_cache *ext2_inode_cache;

static const char *const incompat_names[32] = {
	"compression", "filetype", "needs_recovery", "journal_dev", "meta_bg", NULL, "extents", "64bit", "mmp", "flex_bg",
	"ea_inode", NULL, "dirdata", "metadata_csum_seed", "large_dir", "inline_data", "encrypt", "casefold",
};
static const char *const ro_compat_names[32] = {
	"sparse_super", "large_file", "btree_dir", "huge_file", "uninit_bg", "dir_nlink", "extra_isize", "has_snapshot",
	"quota", "bigalloc", "metadata_csum", "replica", "read-only", "project", "shared_blocks", "verity", "orphan_file",
};

/* ---- the superblock on the disk ------------------------------------------------------------------------------ */

/* Bring the superblock's copy up to date; @wait: onto the disk. => may sleep. 0 or -EIO */
static int commit_super(struct super_block *sb, bool wait)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	struct ext2_super_block *es = sbi->s_es;

	sb->s_dirt = false;
	spin_lock(&sbi->s_lock);
	es->s_free_blocks_count = sbi->s_free[EXT2_BLOCKS];
	es->s_free_inodes_count = sbi->s_free[EXT2_INODES];
	spin_unlock(&sbi->s_lock);
	es->s_wtime = (u32)current_fs_time(sb).tv_sec;
	mark_buffer_dirty(sbi->s_sbh);
	return wait ? sync_dirty_buffer(sbi->s_sbh) : 0;
}

/*
 * The filesystem on @sb is not what it should be: say so, and write to it no more.
 * => no spinlocks held; the caller returns -EIO
 */
void ext2_error(struct super_block *sb, const char *fmt, ...)
{
	static struct ratelimit limit;
	struct ext2_sb *sbi = EXT2_SB(sb);
	char text[EXT2_MAX_ERROR_TEXT];
	__builtin_va_list args;

	__builtin_va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	__builtin_va_end(args);
	if (printk_ratelimit(&limit))
		printk(KERN_ERR "EXT2-fs error (device %s): %s\n", sb->s_id, text);
	if (sb->s_flags & MS_RDONLY)
		return;
	sb->s_flags |= MS_RDONLY;
	printk(KERN_ERR "EXT2-fs (device %s): read-only from now on; run e2fsck\n", sb->s_id);
	sbi->s_mount_state |= EXT2_ERROR_FS;
	sbi->s_es->s_state |= EXT2_ERROR_FS;
	commit_super(sb, false);
}

/* Old kernels must know that there are files of 2 GiB and more. => may sleep */
void ext2_need_large_files(struct super_block *sb)
{
	struct ext2_super_block *es = EXT2_SB(sb)->s_es;

	if (es->s_feature_ro_compat & EXT2_RO_COMPAT_LARGE)
		return;
	if (!es->s_rev_level) {		/* revision 0 has no features: say what it took for granted */
		es->s_first_ino = EXT2_GOOD_OLD_FIRST_INO;
		es->s_inode_size = EXT2_GOOD_OLD_INODE_SIZE;
		es->s_feature_compat = es->s_feature_incompat = es->s_feature_ro_compat = 0;
		es->s_rev_level = 1;
	}
	es->s_feature_ro_compat |= EXT2_RO_COMPAT_LARGE;
	commit_super(sb, false);
}

/* In use for writing from now on. 0 or -EIO: the disk cannot be written. */
static int mark_mounted(struct super_block *sb)
{
	struct ext2_super_block *es = EXT2_SB(sb)->s_es;

	EXT2_SB(sb)->s_mount_state = es->s_state;
	if (!(es->s_state & EXT2_VALID_FS) || es->s_state & EXT2_ERROR_FS)
		printk(KERN_WARNING "EXT2-fs (device %s): was not unmounted cleanly: e2fsck is recommended\n", sb->s_id);
	es->s_state &= (u16)~EXT2_VALID_FS;
	es->s_mnt_count++;
	es->s_mtime = (u32)current_fs_time(sb).tv_sec;
	return commit_super(sb, true);
}

/* No longer in use for writing: everything is on the disk before it says so. */
static int mark_unmounted(struct super_block *sb)
{
	int error = sync_blockdev(sb->s_bdev);

	if (error)
		return error;
	EXT2_SB(sb)->s_es->s_state = EXT2_SB(sb)->s_mount_state;
	return commit_super(sb, true);
}

static void ext2_write_super(struct super_block *sb)
{
	if (!(sb->s_flags & MS_RDONLY))
		commit_super(sb, false);
}

static int ext2_sync_fs(struct super_block *sb, int wait)
{
	int error;

	if (sb->s_flags & MS_RDONLY)
		return 0;
	error = commit_super(sb, wait);
	if (wait && !error)
		error = min(ext2_settle(sb), 0);
	return error;
}

/* ---- mounting -------------------------------------------------------------------------------------------------- */

/* The name of the lowest feature in @set. */
static const char *feature_name(const char *const names[32], u32 set, char *buf, size_t size)
{
	unsigned int bit = __ffs(set);

	if (names[bit])
		return names[bit];
	snprintf(buf, size, "number %u", bit);
	return buf;
}

static bool knows_ro_compat(struct super_block *sb)
{
	u32 unknown = EXT2_SB(sb)->s_es->s_feature_ro_compat &
		      ~(EXT2_RO_COMPAT_SPARSE | EXT2_RO_COMPAT_LARGE | EXT2_RO_COMPAT_BTREE);
	char buf[16];

	if (unknown && EXT2_SB(sb)->s_es->s_rev_level)
		printk(KERN_WARNING "EXT2-fs (device %s): read-only, since ext2 cannot write with the feature %s\n", sb->s_id,
		       feature_name(ro_compat_names, unknown, buf, sizeof(buf)));
	return !unknown || !EXT2_SB(sb)->s_es->s_rev_level;
}

static bool knows_incompat(struct super_block *sb)
{
	struct ext2_super_block *es = EXT2_SB(sb)->s_es;
	u32 unknown = es->s_rev_level ? es->s_feature_incompat & ~EXT2_INCOMPAT_FILETYPE : 0;
	char buf[16];

	if (unknown)
		printk(KERN_ERR "EXT2-fs (device %s): ext2 cannot mount with the feature %s\n", sb->s_id,
		       feature_name(incompat_names, unknown, buf, sizeof(buf)));
	return !unknown;
}

/* The geometry, as far as it can be true. What is wrong, or NULL. */
static const char *read_geometry(struct super_block *sb)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	struct ext2_super_block *es = sbi->s_es;
	u32 block_size = (u32)sb->s_blocksize, bits = 8 * block_size;
	u64 table, device = (u64)i_size_read(sb->s_bdev->bd_inode);

	sbi->s_inode_size = es->s_rev_level ? es->s_inode_size : EXT2_GOOD_OLD_INODE_SIZE;
	sbi->s_first_ino = es->s_rev_level ? es->s_first_ino : EXT2_GOOD_OLD_FIRST_INO;
	sbi->s_first_block = es->s_first_data_block;
	sbi->s_blocks_count = es->s_blocks_count;
	sbi->s_inodes_count = es->s_inodes_count;
	sbi->s_per_group[EXT2_BLOCKS] = es->s_blocks_per_group;
	sbi->s_per_group[EXT2_INODES] = es->s_inodes_per_group;
	if (es->s_rev_level > 1)
		return "revision";
	if (sbi->s_inode_size < EXT2_GOOD_OLD_INODE_SIZE || sbi->s_inode_size > block_size || !is_power_of_2(sbi->s_inode_size))
		return "inode size";
	if (sbi->s_first_block != (block_size == 1024))
		return "first data block";
	if (es->s_log_frag_size != es->s_log_block_size)
		return "fragment size";
	if (es->s_blocks_per_group < 256 || es->s_blocks_per_group > bits || es->s_blocks_per_group & 7)
		return "number of blocks in a group";
	table = (u64)es->s_inodes_per_group * sbi->s_inode_size;
	if (!es->s_inodes_per_group || es->s_inodes_per_group > bits || table & (block_size - 1) ||
	    table >> sb->s_blocksize_bits > es->s_blocks_per_group - 3)
		return "number of inodes in a group";
	if (es->s_blocks_count <= sbi->s_first_block || (u64)es->s_blocks_count << sb->s_blocksize_bits > device)
		return "number of blocks: the disk is smaller";
	sbi->s_table_blocks = (u32)(table >> sb->s_blocksize_bits);
	sbi->s_groups_count = (es->s_blocks_count - sbi->s_first_block - 1) / es->s_blocks_per_group + 1;
	sbi->s_desc_per_block = block_size / sizeof(struct ext2_group_desc);
	sbi->s_desc_count = DIV_ROUND_UP(sbi->s_groups_count, sbi->s_desc_per_block);
	if ((u64)sbi->s_groups_count * es->s_inodes_per_group != es->s_inodes_count)
		return "number of inodes";
	if (sbi->s_first_ino < EXT2_GOOD_OLD_FIRST_INO || sbi->s_first_ino > es->s_inodes_per_group)
		return "first inode";
	if (sbi->s_desc_count >= es->s_blocks_per_group || es->s_r_blocks_count > es->s_blocks_count)
		return "number of reserved blocks";
	return NULL;
}

static bool in_group(struct ext2_sb *sbi, u32 group, u32 block, u32 count)
{
	u32 first = sbi->s_first_block + group * sbi->s_per_group[EXT2_BLOCKS];
	u32 end = group + 1 == sbi->s_groups_count ? sbi->s_blocks_count : first + sbi->s_per_group[EXT2_BLOCKS];

	return block > (group ? first - 1 : first + sbi->s_desc_count) && block < end && count <= end - block;
}

/* Read the group descriptors and add up what is free. What is wrong, or NULL. */
static const char *read_descriptors(struct super_block *sb)
{
	struct ext2_sb *sbi = EXT2_SB(sb);

	sbi->s_desc = kcalloc(sbi->s_desc_count, sizeof(*sbi->s_desc), GFP_KERNEL);
	sbi->s_groups = kcalloc(sbi->s_groups_count, sizeof(*sbi->s_groups), GFP_KERNEL);
	if (!sbi->s_desc || !sbi->s_groups)
		return "size: there is not enough memory";
	for (u32 i = 0; i < sbi->s_desc_count; i++) {
		sbi->s_desc[i] = sb_bread(sb, sbi->s_sbh->b_blocknr + 1 + i);
		if (!sbi->s_desc[i])
			return "group descriptor, which cannot be read";
	}
	for (u32 group = 0; group < sbi->s_groups_count; group++) {
		struct ext2_group_desc *desc = ext2_group_desc(sb, group, NULL);

		if (!in_group(sbi, group, desc->bg_block_bitmap, 1) || !in_group(sbi, group, desc->bg_inode_bitmap, 1) ||
		    !in_group(sbi, group, desc->bg_inode_table, sbi->s_table_blocks) ||
		    desc->bg_free_blocks_count > sbi->s_per_group[EXT2_BLOCKS] ||
		    desc->bg_free_inodes_count > sbi->s_per_group[EXT2_INODES])
			return "group descriptor";
		sbi->s_free[EXT2_BLOCKS] += desc->bg_free_blocks_count;
		sbi->s_free[EXT2_INODES] += desc->bg_free_inodes_count;
	}
	return NULL;
}

static bool is_power_of(u32 group, u32 base)
{
	while (group && group % base == 0)
		group /= base;
	return group == 1;
}

/* Blocks that statfs does not count: superblocks and descriptors with their copies, bitmaps, inode tables. */
static u32 count_overhead(struct ext2_sb *sbi)
{
	bool sparse = sbi->s_es->s_rev_level && sbi->s_es->s_feature_ro_compat & EXT2_RO_COMPAT_SPARSE;
	u32 overhead = sbi->s_first_block + sbi->s_groups_count * (2 + sbi->s_table_blocks);

	for (u32 g = 0; g < sbi->s_groups_count; g++)
		if (!sparse || g <= 1 || is_power_of(g, 3) || is_power_of(g, 5) || is_power_of(g, 7))
			overhead += 1 + sbi->s_desc_count;
	return overhead;
}

/* Read the superblock, which starts 1024 bytes from the disk's start, in blocks of @size. 0 or -errno */
static int read_super(struct super_block *sb, u32 size)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	int error;

	brelse(sbi->s_sbh);		/* of the old size */
	sbi->s_sbh = NULL;
	error = set_blocksize(sb->s_bdev, size);
	if (error)
		return error;
	sb->s_blocksize = size;
	sb->s_blocksize_bits = (unsigned)ilog2(size);
	sbi->s_sbh = sb_bread(sb, 1024 / size);
	if (!sbi->s_sbh)
		return -EIO;
	sbi->s_es = (struct ext2_super_block *)(bh_data(sbi->s_sbh) + 1024 % size);
	return 0;
}

static void free_sb(struct super_block *sb)
{
	struct ext2_sb *sbi = EXT2_SB(sb);

	if (sbi->s_groups)
		ext2_drop_held(sbi);
	for (u32 i = 0; sbi->s_desc && i < sbi->s_desc_count; i++)
		brelse(sbi->s_desc[i]);
	brelse(sbi->s_sbh);
	kfree(sbi->s_desc);
	kfree(sbi->s_groups);
	kfree(sbi);
	sb->s_fs_info = NULL;
}

/* Find the superblock and take its word for what can be believed. 0, or -errno after a message */
static int load_super(struct super_block *sb, bool silent)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	const char *fault;
	int error = read_super(sb, 1024);

	if (!error && (sbi->s_es->s_magic != EXT2_SUPER_MAGIC || sbi->s_es->s_log_block_size > 2)) {
		if (!silent)
			printk(KERN_ERR "EXT2-fs (device %s): there is no ext2 filesystem with blocks of 1, 2 or 4 KiB\n", sb->s_id);
		return -EINVAL;
	}
	if (!error)
		error = read_super(sb, 1024u << sbi->s_es->s_log_block_size);
	if (error) {
		printk(KERN_ERR "EXT2-fs (device %s): the superblock cannot be read\n", sb->s_id);
		return error;
	}
	if (!knows_incompat(sb))
		return -EINVAL;
	fault = read_geometry(sb);
	fault = fault ? fault : read_descriptors(sb);
	if (fault) {
		printk(KERN_ERR "EXT2-fs (device %s): bad %s; run e2fsck\n", sb->s_id, fault);
		return -EINVAL;
	}
	sbi->s_overhead = count_overhead(sbi);
	return 0;
}

static int load_root(struct super_block *sb)
{
	struct inode *root = iget(sb, EXT2_ROOT_INO);

	if (!root)
		return -ENOMEM;
	if (!is_bad_inode(root) && S_ISDIR(root->i_mode)) {
		sb->s_root = d_alloc_root(root);
		if (sb->s_root)
			return 0;
		iput(root);
		return -ENOMEM;
	}
	iput(root);
	printk(KERN_ERR "EXT2-fs (device %s): the root is no directory; run e2fsck\n", sb->s_id);
	return -EIO;
}

static const struct super_operations ext2_sops;

static bool options_ok(struct super_block *sb, const char *options)
{
	if (!options || !*options)
		return true;
	printk(KERN_ERR "EXT2-fs (device %s): no mount option is known: \"%s\"\n", sb->s_id, options);
	return false;
}

static int ext2_fill_super(struct super_block *sb, void *data, int silent)
{
	struct ext2_sb *sbi;
	int error;

	if (!options_ok(sb, data))
		return -EINVAL;
	sbi = kzalloc(sizeof(*sbi), GFP_KERNEL);
	if (!sbi)
		return -ENOMEM;
	sb->s_fs_info = sbi;
	spin_lock_init(&sbi->s_lock, RANK_LEAF);
	mutex_init(&sbi->s_freeing, RANK_MUTEX_LEAF);
	error = load_super(sb, silent);
	if (error)
		goto fail;
	sbi->s_generation = (u32)(ktime_get_real() >> 10);
	sb->s_op = &ext2_sops;
	sb->s_magic = EXT2_SUPER_MAGIC;
	sb->s_maxbytes = ext2_max_size(sb->s_blocksize_bits);
	if (!knows_ro_compat(sb))
		sb->s_flags |= MS_RDONLY;
	error = load_root(sb);
	if (!error && !(sb->s_flags & MS_RDONLY) && mark_mounted(sb)) {
		printk(KERN_ERR "EXT2-fs (device %s): cannot be written: read-only\n", sb->s_id);
		sb->s_flags |= MS_RDONLY;
	}
	if (!error)
		return 0;
fail:
	invalidate_inodes(sb);
	sb->s_op = &simple_super_operations;
	free_sb(sb);
	return error;
}

/* ---- in use, and the end ---------------------------------------------------------------------------------------- */

/*
 * The filesystem becomes read-only though files are open. What they took in advance goes back; those without a name,
 * which only a power-off leaves behind here, go as if they had been closed.
 */
static void let_go_of_inodes(struct super_block *sb)
{
	struct inode *inode, *last = NULL;	/* last: referenced, so that the list can be followed from it */

	spin_lock(&inode_lock);
	list_for_each_entry(inode, &sb->s_inodes, i_sb_list) {
		if (inode->i_state & (I_FREEING | I_WILL_FREE) || is_bad_inode(inode))
			continue;
		__iget(inode);
		spin_unlock(&inode_lock);
		iput(last);
		last = inode;
		mutex_lock(&EXT2_I(inode)->i_map);
		ext2_discard_prealloc(inode);
		mutex_unlock(&EXT2_I(inode)->i_map);
		if (!inode->i_nlink && !test_bit(EXT2_STATE_GONE, &EXT2_I(inode)->i_state))
			ext2_erase_orphan(inode);
		spin_lock(&inode_lock);
	}
	spin_unlock(&inode_lock);
	iput(last);
}

static int ext2_remount(struct super_block *sb, int *flags, char *data)
{
	struct ext2_sb *sbi = EXT2_SB(sb);
	bool was_ro = sb->s_flags & MS_RDONLY, ro = *flags & MS_RDONLY;

	if (!options_ok(sb, data))
		return -EINVAL;
	if (ro == was_ro)
		return 0;
	if (ro) {
		let_go_of_inodes(sb);
		return mark_unmounted(sb);
	}
	if (sbi->s_mount_state & EXT2_ERROR_FS) {
		printk(KERN_ERR "EXT2-fs (device %s): errors were found: unmount it and run e2fsck\n", sb->s_id);
		return -EROFS;
	}
	return knows_ro_compat(sb) ? mark_mounted(sb) : -EROFS;
}

static void ext2_put_super(struct super_block *sb)
{
	if (!(sb->s_flags & MS_RDONLY))
		mark_unmounted(sb);
	sb->s_dirt = false;
	free_sb(sb);
}

static int ext2_statfs(struct dentry *dentry, struct kstatfs *buf)
{
	struct super_block *sb = dentry->d_sb;
	struct ext2_sb *sbi = EXT2_SB(sb);
	struct ext2_super_block *es = sbi->s_es;

	buf->f_type = EXT2_SUPER_MAGIC;
	buf->f_bsize = buf->f_frsize = (long)sb->s_blocksize;
	buf->f_blocks = sbi->s_blocks_count - min(sbi->s_overhead, sbi->s_blocks_count);
	buf->f_bfree = sbi->s_free[EXT2_BLOCKS];
	buf->f_bavail = buf->f_bfree - min(buf->f_bfree, (u64)es->s_r_blocks_count);
	buf->f_files = sbi->s_inodes_count;
	buf->f_ffree = sbi->s_free[EXT2_INODES];
	buf->f_fsid[0] = es->s_uuid[0] ^ es->s_uuid[2];
	buf->f_fsid[1] = es->s_uuid[1] ^ es->s_uuid[3];
	buf->f_namelen = 255;
	return 0;
}

static struct inode *ext2_alloc_inode(struct super_block *sb)
{
	struct ext2_inode_info *ei = kmem_cache_alloc(ext2_inode_cache, GFP_KERNEL);

	if (!ei)
		return NULL;
	memset(ei, 0, offsetof(struct ext2_inode_info, i_map));
	return &ei->vfs_inode;
}

static void ext2_destroy_inode(struct inode *inode)
{
	kmem_cache_free(ext2_inode_cache, EXT2_I(inode));
}

/* It leaves memory, perhaps inside reclaim: no lock without need. => I_FREEING: nobody else has it */
static void ext2_clear_inode(struct inode *inode)
{
	if (!EXT2_I(inode)->i_prealloc_count)
		return;
	mutex_lock(&EXT2_I(inode)->i_map);
	ext2_discard_prealloc(inode);
	mutex_unlock(&EXT2_I(inode)->i_map);
}

static const struct super_operations ext2_sops = {
	.alloc_inode = ext2_alloc_inode,
	.destroy_inode = ext2_destroy_inode,
	.read_inode = ext2_read_inode,
	.write_inode = ext2_write_inode,
	.delete_inode = ext2_delete_inode,
	.clear_inode = ext2_clear_inode,
	.put_super = ext2_put_super,
	.write_super = ext2_write_super,
	.sync_fs = ext2_sync_fs,
	.statfs = ext2_statfs,
	.remount_fs = ext2_remount,
};

static struct super_block *ext2_get_sb(struct file_system_type *type, int flags, const char *dev, void *data)
{
	return get_sb_bdev(type, flags, dev, data, ext2_fill_super);
}

static struct file_system_type ext2_fs_type = {
	.name = "ext2",
	.requires_dev = true,
	.get_sb = ext2_get_sb,
	.kill_sb = kill_block_super,
};

/* What stays true in a freed object of the cache. */
static void ext2_inode_ctor(void *obj, struct kmem_cache *cachep, unsigned long flags)
{
	struct ext2_inode_info *ei = obj;

	mutex_init(&ei->i_map, RANK_FS_MUTEX);
	inode_init_once(&ei->vfs_inode);
}

/* => boot, slab and vfs are up */
void ext2_init(void)
{
	ext2_inode_cache = kmem_cache_create("ext2_inode_cache", sizeof(struct ext2_inode_info), 0,
					     SLAB_RECLAIM_ACCOUNT | SLAB_PANIC, ext2_inode_ctor, NULL);
	register_filesystem(&ext2_fs_type);
}
