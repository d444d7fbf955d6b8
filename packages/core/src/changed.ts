/** One changed object, before and after; `glns` and `sorIds` tell followers what to read again. */
export type ChangedSubject = {
  subjectType: string;
  subjectId: string;
  glns?: readonly string[] | undefined;
  sorIds?: readonly string[] | undefined;
  before?: unknown;
  after?: unknown;
  /** The change set that it belongs to. */
  changeSetId?: string | undefined;
};

/** The entries of a change that changed nothing. An empty list does not do: whoever changes something has to name it. */
type None = readonly [] & { readonly isNone: true };
const none = Object.assign([] as const, { isNone: true as const });

/** A result with its journal entries. */
export type Journalled<T, Entry> = {
  result: T;
  entries: readonly [Entry, ...Entry[]] | None;
  numbered?: (sequence: number) => T;
};

/**
 * What a writing callback returns: its result and at least one journal entry, or `unchanged`. `numbered` adds the sequence number
 * of the last entry to the result.
 */
export type Changed<T> = Journalled<T, ChangedSubject>;

/** What a writing callback returns when there was nothing to change. */
export const unchanged = <T>(result: T): { result: T; entries: None } => ({ result, entries: none });

/** The result with the entries of a list; `unchanged` when the list is empty. */
export function changedBy<T, Entry extends ChangedSubject>(
  result: T,
  [first, ...more]: readonly Entry[],
): Journalled<T, Entry> {
  return first === undefined ? unchanged(result) : { result, entries: [first, ...more] };
}
