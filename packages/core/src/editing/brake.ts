/** As many endings as this are held. */
const endingsMost = 50;
/** From this many on, they are held as well when they are more than a quarter of what is touched. */
const endingsOfShare = 20;
const shareMost = 0.25;

/** What a set or a file ends, and what it touches: units, location numbers, registrations or codes. */
export type Endings = { endings: number; touched: number };

/**
 * Whether a set or a file that ends this much is held until a person types the number (R11): fifty or more, or twenty or more that are
 * over a quarter of what it touches.
 */
export const isHeld = ({ endings, touched }: Endings): boolean =>
  endings >= endingsMost || (endings >= endingsOfShare && endings > touched * shareMost);
