export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** The theme that a cookie or form names; anything else follows the system. */
export function readTheme(text: unknown): Theme {
  return themes.find((theme) => theme === text) ?? "auto";
}
