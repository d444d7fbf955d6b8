// Six digits and four, together or apart, with no digit beside them: longer numbers are those of units and locations.
const form = /(?<![\d.,])(\d{2})(\d{2})\d{2}[ \u00a0./-]{0,3}\d{4}(?!\d)/g;

/** Whether a text holds what may be a personal number (CPR), also one whose day was raised by 60 as a replacement. */
export function holdsPatientNumber(text: string): boolean {
  return [...text.matchAll(form)].some(([, day, month]) => {
    const [dd, mm] = [Number(day) % 60, Number(month)];
    return dd >= 1 && dd <= 31 && mm >= 1 && mm <= 12;
  });
}
