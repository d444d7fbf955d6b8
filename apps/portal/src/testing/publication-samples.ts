import type { Context, Database } from "@sor/core";
import { ArticleForm, addNewsFile, createArticle, listArticles, listNews } from "@sor/core/news";
import { createIssue, listIssues } from "@sor/core/newsletter";
import { listMilestones } from "@sor/core/roadmap";
import { listWrittenGuides } from "@sor/core/written-guides";
import { aReader } from "./subscribers.ts";

/** News, newsletters, milestones and guides of the demo for readers and authors, and subscriptions to news. */
export async function publicationAddresses(ctx: Context): Promise<Record<string, string>> {
  const article = (await listArticles(ctx)).find(({ publishAt }) => publishAt && publishAt <= ctx.now);
  const issue = (await listIssues(ctx)).find(({ number }) => number !== null);
  const [milestone] = await listMilestones(ctx);
  const [guide] = await listWrittenGuides(ctx);
  const asked = await aReader(ctx, { topic: "news", isConfirmed: false });
  const confirmed = await aReader(ctx, { topic: "newsletter", isConfirmed: true });
  return {
    "/(member)/redaktion/koereplan/[id]": `/redaktion/koereplan/${milestone?.id}`,
    "/(member)/redaktion/vejledninger/[id]": `/redaktion/vejledninger/${guide?.id}`,
    "/(public)/nyhedsbrev/[nummer]": `/nyhedsbrev/${issue?.number}`,
    "/(member)/redaktion/nyhedsbrev/[id]": `/redaktion/nyhedsbrev/${issue?.id}`,
    "/(public)/nyheder/abonner/bekraeft/[token]": `/nyheder/abonner/bekraeft/${asked}`,
    "/(public)/nyheder/abonnement/[token]": `/nyheder/abonnement/${confirmed}`,
    "/(public)/nyheder/[slug]": `/nyheder/${article?.slug}`,
    "/(member)/redaktion/nyheder/[id]": `/redaktion/nyheder/${article?.id}`,
  };
}

/** A draft with a picture to remove, an issue to be sent, and a reader whose address is suspended. */
export async function publicationSamples(ctx: Context, db: Database): Promise<Record<string, string[]>> {
  const form = { title: "En kladde", summary: "Til formularer.", text: "Teksten.", when: "draft" };
  const articleId = await createArticle(ctx, ArticleForm.parse(form));
  const bytes = Buffer.from("89504e470d0a1a0a", "hex");
  await addNewsFile(ctx, { articleId, name: "kort.png", description: "Et kort", bytes });
  const { items } = await listNews(ctx, { limit: 1 });
  const articles = items.map(({ id }) => id);
  const issue = { title: "Et nyhedsbrev", intro: "Indledningen.", articles, seenVersion: 0 };
  const issueId = await createIssue(ctx, issue);
  const reader = await aReader(ctx, { topic: "news", isConfirmed: true });
  await db.$client.query(
    "update subscriptions set state = 'suspended' where topic = 'news' and state = 'active'",
  );
  return {
    "/(member)/redaktion/nyheder/[id]": [`/redaktion/nyheder/${articleId}`],
    "/(member)/redaktion/nyhedsbrev/[id]": [`/redaktion/nyhedsbrev/${issueId}`],
    "/(public)/nyheder/abonnement/[token]": [`/nyheder/abonnement/${reader}`],
  };
}
