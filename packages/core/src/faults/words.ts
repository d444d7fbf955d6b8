/** A text in both languages. */
export type Words = { readonly da: string; readonly en: string };
