export const themes = ["auto", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

/** The theme named by a cookie or form; any other value follows the system. */
export function readTheme(text: unknown): Theme {
  return themes.find((theme) => theme === text) ?? "auto";
}
