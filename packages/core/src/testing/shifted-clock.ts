// Preloaded into a program whose machine's clock should be wrong by CLOCK_SHIFT_SECONDS, from the start or toggled by each
// SIGUSR2.
const shift = Number(process.env.CLOCK_SHIFT_SECONDS) * 1000;
let isShifted = process.env.CLOCK_SHIFTED_FROM === "start";
process.on("SIGUSR2", () => {
  isShifted = !isShifted;
});
const RealDate = Date;
const now = () => RealDate.now() + (isShifted ? shift : 0);

globalThis.Date = class extends RealDate {
  constructor(...given: [] | [value: number | string | Date]) {
    if (given.length === 0) super(now());
    else super(...given);
  }
  static override now = now;
} as DateConstructor;
