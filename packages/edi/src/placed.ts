/** A value and the byte of the input at which it stands; of a value that is missing the text is "" and the place that of what lacks it. */
export type Placed = { readonly text: string; readonly at: number };

/** A value that is missing in what begins at a byte. */
export const missingAt = (at: number): Placed => ({ text: "", at });
