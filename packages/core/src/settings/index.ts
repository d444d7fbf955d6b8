/** The settings that several programs read from the environment, each by one rule. */
export { readSettings } from "./read-settings.ts";
export { flag, portNumber, sharedSettings, webAddress, wholeNumber } from "./schemas.ts";
