/** Whether 13 digits carry a right GS1 check digit; anything else is no GLN and gives undefined (GS1 General Specifications 7.9). */
export function hasRightCheckDigit(id: string): boolean | undefined {
  if (id.length !== 13) return undefined;
  let sum = 0;
  for (let at = 0; at < 13; at++) {
    const digit = id.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    sum += at % 2 === 0 ? digit : digit * 3;
  }
  return sum % 10 === 0;
}
