/** A unit in a hierarchy, with those below it. */
export type HierarchyUnit = { sorId: string; name: string; kind: string; below: HierarchyUnit[] };

/** A line of the picture of a unit's surroundings. */
export type PictureLine = { text: string; depth: number; role: "above" | "self" | "below" | "note" };
