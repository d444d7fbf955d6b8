import { addDays } from "./days.ts";

/** Easter Sunday of a year in the Gregorian calendar (Meeus, Jones and Butcher). */
function easterOf(year: number): string {
  const [a, b, c] = [year % 19, Math.floor(year / 100), year % 100];
  const d = (19 * a + b - Math.floor(b / 4) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * Math.floor(c / 4) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  const two = (number: number) => String(number).padStart(2, "0");
  return `${year}-${two(Math.floor(f / 31))}-${two((f % 31) + 1)}`;
}

/** Maundy Thursday, Good Friday, Easter Sunday and Monday, Ascension, Whit Sunday and Monday, as days from Easter Sunday. */
const fromEaster = [-3, -2, 0, 1, 39, 49, 50];
/** Great Prayer Day, the fourth Friday after Easter, was a holiday until 2023. */
const prayerDay = { fromEaster: 26, lastYear: 2023 };
const fixed = ["01-01", "12-24", "12-25", "12-26", "12-31"];

function isHoliday(day: string): boolean {
  if (fixed.includes(day.slice(5))) return true;
  const year = Number(day.slice(0, 4));
  const easter = easterOf(year);
  const moving = year <= prayerDay.lastYear ? [...fromEaster, prayerDay.fromEaster] : fromEaster;
  return moving.some((days) => addDays(easter, days) === day);
}

/** Whether a day is a working day in Denmark: no Saturday, Sunday or holiday, nor 24 or 31 December. */
export function isWorkingDay(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6 && !isHoliday(day);
}

/** The day that is `count` working days after a day, which itself does not count. */
export function addWorkingDays(day: string, count: number): string {
  let at = day;
  for (let left = count; left > 0; ) {
    at = addDays(at, 1);
    if (isWorkingDay(at)) left -= 1;
  }
  return at;
}
