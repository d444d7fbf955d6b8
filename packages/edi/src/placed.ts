/** A value and its byte in the input; a missing value has the text "" and the place of the element that lacks it. */
export type Placed = { readonly text: string; readonly at: number };

/** A missing value of an element that begins at a byte. */
export const missingAt = (at: number): Placed => ({ text: "", at });
