/** The element id of the field of this name: letters, digits, dashes and underscores only. */
export const fieldId = (name: string): string => name.replace(/[^\w-]+/g, "-");
