import { htmlText } from "../markup/index.ts";
import type { ServiceState } from "./schemas.ts";
import { serviceStateNamesDa } from "./wording.ts";

const height = 24;
const glyphWidth = 7;
const padding = 8;
const markWidth = 22;

/** A shape of its own for each state, so that colour is not needed; drawn within 12 by 12. */
const marks: Readonly<Record<ServiceState, { colour: string; shape: string }>> = {
  operational: { colour: "#1a6d36", shape: '<circle cx="6" cy="6" r="6"/>' },
  reduced: { colour: "#7a5200", shape: '<path d="M6 0 12 12H0z"/>' },
  down: { colour: "#a8101d", shape: '<path d="M0 0h12v12H0z"/>' },
  maintenance: { colour: "#0a4f8f", shape: '<path d="M6 0l6 6-6 6-6-6z"/>' },
  unknown: {
    colour: "#4a4f57",
    shape: '<circle cx="6" cy="6" r="4.5" fill="none" stroke="#fff" stroke-width="3"/>',
  },
};

/** A picture of one state for other sites: the name, the state as a word and as a shape. */
export function statusBadge({ name, state }: { name: string; state: ServiceState }): string {
  const said = serviceStateNamesDa[state];
  const { colour, shape } = marks[state];
  const nameWidth = [...name].length * glyphWidth + 2 * padding;
  const width = nameWidth + markWidth + [...said].length * glyphWidth + 2 * padding;
  const title = htmlText(`${name}: ${said}`);
  const text = (x: number, shown: string) => `<text x="${x}" y="16">${htmlText(shown)}</text>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}"><title>${title}</title><rect width="${width}" height="${height}" rx="4" fill="${colour}"/><rect width="${nameWidth}" height="${height}" rx="4" fill="#2b2f36"/><g fill="#fff" font-family="Verdana,Arial,sans-serif" font-size="12">${text(padding, name)}<g transform="translate(${nameWidth + padding} 6)">${shape}</g>${text(nameWidth + markWidth + padding, said)}</g></svg>
`;
}
