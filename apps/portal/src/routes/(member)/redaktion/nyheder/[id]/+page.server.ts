import { DomainError } from "@sor/core";
import { Uuid } from "@sor/core/identifiers";
import {
  ArticleForm,
  addNewsFile,
  articleHtml,
  deleteDraft,
  FileForm,
  FileRemoval,
  fileRules,
  getArticle,
  newsFilePath,
  removeNewsFile,
  saveArticle,
} from "@sor/core/news";
import { fail, redirect } from "@sveltejs/kit";
import { z } from "zod";
import type { FormProblem } from "#lib/form-problem.ts";
import { getLanguage } from "#lib/language.ts";
import { faultText } from "#lib/server/fault-text.ts";
import { submitForm } from "#lib/server/forms.ts";
import { requireRole } from "#lib/server/guards.ts";
import { clockFaults } from "#lib/server/notices/notice-faults.ts";
import { publicationRefusals } from "#lib/server/publications/refusals.ts";
import { readParam } from "#lib/server/queries.ts";
import { m } from "#lib/words/index.ts";
import type { Actions, PageServerLoad } from "./$types";

export const load: PageServerLoad = async (event) => {
  requireRole(event, "authority");
  const { ctx } = event.locals;
  const article = await getArticle(ctx, { id: readParam(Uuid, event.params.id) });
  const files = article.files.map((file) => ({
    ...file,
    ...{ href: newsFilePath(file), isPicture: fileRules[file.type].isPicture },
  }));
  const { id, title, slug, summary, text, tags, publishAt, isMailed, version, spreadAt } = article;
  return {
    article: { id, title, slug, summary, text, tags, publishAt, isMailed, version },
    files,
    now: ctx.now,
    mayDelete: publishAt === null && spreadAt === null,
    isSaved: event.url.searchParams.has("gemt"),
  };
};

const options = { schema: ArticleForm, faults: { publishAt: clockFaults }, refusals: publicationRefusals };

function refused(field: string, text: string) {
  const problem: FormProblem = { values: {}, fieldFaults: { [field]: [text] }, formFaults: [] };
  return fail(400, { problem });
}

export const actions: Actions = {
  preview: async (event) => {
    requireRole(event, "authority");
    const { files } = await getArticle(event.locals.ctx, { id: readParam(Uuid, event.params.id) });
    return await submitForm(event.request, options, async ({ title, summary, text }, values) => {
      const problem: FormProblem = { values, fieldFaults: {}, formFaults: [] };
      return { draft: { title, summary, html: articleHtml({ text, files }) }, problem };
    });
  },
  save: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, options, async (form) => {
      const id = readParam(Uuid, event.params.id);
      await saveArticle(event.locals.ctx, { ...form, id });
      redirect(303, `/redaktion/nyheder/${id}?gemt`);
    });
  },
  upload: async (event) => {
    requireRole(event, "authority");
    const data = await event.request.formData();
    const file = data.get("bilag");
    const said = FileForm.safeParse({
      articleId: event.params.id,
      description: String(data.get("description") ?? ""),
    });
    if (!(file instanceof File) || file.size === 0) return refused("bilag", m.news_file_missing());
    if (!said.success) return refused("description", said.error.issues.map(faultText).join(" "));
    const bytes = Buffer.from(await file.arrayBuffer());
    try {
      await addNewsFile(event.locals.ctx, { ...said.data, name: file.name, bytes });
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== "invalid") throw error;
      return refused("bilag", error.words[getLanguage()]);
    }
    redirect(303, `/redaktion/nyheder/${said.data.articleId}?gemt#filer`);
  },
  remove: async (event) => {
    requireRole(event, "authority");
    return await submitForm(event.request, { schema: FileRemoval }, async (which) => {
      await removeNewsFile(event.locals.ctx, which);
      redirect(303, `/redaktion/nyheder/${which.articleId}?gemt#filer`);
    });
  },
  delete: async (event) => {
    requireRole(event, "authority");
    return await submitForm(
      event.request,
      { schema: z.object({}), refusals: publicationRefusals },
      async () => {
        await deleteDraft(event.locals.ctx, { id: readParam(Uuid, event.params.id) });
        redirect(303, "/redaktion?slettet");
      },
    );
  },
};
