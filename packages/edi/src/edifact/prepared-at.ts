const two = (text: string, at: number) => {
  const tens = text.charCodeAt(at) - 0x30;
  const ones = text.charCodeAt(at + 1) - 0x30;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
};

const daysIn = (year: number, month: number) =>
  month === 2
    ? year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
      ? 29
      : 28
    : month % 2 === (month < 8 ? 0 : 1)
      ? 30
      : 31;

// These messages do not date from before 1970; two-digit years are read accordingly.
const pivot = 70;

/** Date and time of S004 (yymmdd or yyyymmdd, hhmm) as ISO 8601 local time; undefined if there is no such date or time. */
export function preparedAtOf(date: string, time: string): string | undefined {
  const isLong = date.length === 8;
  if ((date.length !== 6 && !isLong) || time.length !== 4) return undefined;
  const at = isLong ? 2 : 0;
  const yearInCentury = two(date, at);
  const century = isLong ? two(date, 0) : yearInCentury >= pivot ? 19 : 20;
  const month = two(date, at + 2);
  const day = two(date, at + 4);
  const hour = two(time, 0);
  const minute = two(time, 2);
  const isTime = hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
  if (century < 0 || yearInCentury < 0 || month < 1 || month > 12 || !isTime) return undefined;
  if (day < 1 || day > daysIn(century * 100 + yearInCentury, month)) return undefined;
  const year = isLong ? date.slice(0, 4) : `${century}${date.slice(0, 2)}`;
  return `${year}-${date.slice(at + 2, at + 4)}-${date.slice(at + 4)}T${time.slice(0, 2)}:${time.slice(2)}`;
}
