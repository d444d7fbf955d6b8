/** Answers what is new: articles with pictures and attachments, when each is public, their feeds, and who is mailed. */
export { articleHtml, newsFilePath } from "./article-html.ts";
export { mailOfBlocks, type ToldArticle, toldArticle } from "./compose-mail.ts";
export { newestNews, newsAtom, newsFeedMost, newsJson, newsRss } from "./feeds.ts";
export { fileRules } from "./file-type.ts";
export { packNewsMails, spreadNews } from "./news-mail.ts";
export {
  type Article,
  findNews,
  findNewsFile,
  getArticle,
  listArticles,
  listNews,
  type PublicArticle,
  readNewsArchive,
} from "./read-articles.ts";
export {
  ArticleForm,
  FileForm,
  FileRemoval,
  MarkdownText,
  NewsChoiceForm,
  NewsFilter,
  NewsSubscriptionForm,
  Slug,
} from "./schemas.ts";
export { slugOf } from "./slug.ts";
export { signUpForNews } from "./subscribe.ts";
export { createArticle, deleteDraft, saveArticle } from "./write-articles.ts";
export { addNewsFile, removeNewsFile } from "./write-files.ts";
