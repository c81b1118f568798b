/* A page that three map is counted three times. */
void page_add_file_rmap(struct page *page)
{
	atomic_inc(&page->_mapcount);
	__inc_zone_page_state(page, NR_FILE_MAPPED);
}
