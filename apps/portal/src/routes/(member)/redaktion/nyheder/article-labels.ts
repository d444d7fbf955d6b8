import { m } from "#lib/words/index.ts";

/** The labels of the fields of an article, for the form and for its faults. */
export const articleLabels = () => ({
  title: m.news_field_title(),
  slug: m.news_field_slug(),
  summary: m.news_field_summary(),
  text: m.news_field_text(),
  tags: m.news_tags(),
  when: m.news_field_when(),
  publishAt: m.news_field_publish_at(),
  correction: m.news_field_correction(),
  bilag: m.news_field_file(),
  description: m.news_field_description(),
});
