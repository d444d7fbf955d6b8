/** Answers how location numbers pass from one vendor to another: offered, accepted, mapped, and moved wave by wave. */
export { acceptSwitch, renewSwitchKey } from "./accept-switch.ts";
export { type BegunSwitch, beginSwitch } from "./begin-switch.ts";
export { continueSwitch, returnSwitch, stopSwitch } from "./end-switch.ts";
export { confirmMapping, listSwitchTypes, previewMapping } from "./map-switch.ts";
export { countSwitchesToHandle, getSwitch, listSwitches, listSwitchGlns } from "./read-switches.ts";
export { continueSwitches } from "./run-waves.ts";
export {
  NewVendorSwitch,
  NewWave,
  SwitchAcceptance,
  SwitchKey,
  SwitchMapping,
  SwitchPreview,
  SwitchType,
  switchSteps,
  VendorSwitch,
} from "./schemas.ts";
